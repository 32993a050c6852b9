/** The TypeScript API as README and the contract show it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { compileFile, createRunner, RunState, sqliteStore } from '../../src/index.ts'

let dir = ''

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'agentspec-api-'))
  await writeFile(
    join(dir, 'shop.yaml'),
    `agentspec: 1
name: shop
models:
  main:
    provider: scripted
    script:
      - tool_calls: [{ name: cancel, arguments: { order_id: 7 } }]
      - text: Done
agents:
  shop: { model: main, instructions: Help., tools: [cancel] }
tools:
  cancel:
    type: function
    handler: ./tools.ts#cancel
    parameters: { type: object, properties: { order_id: { type: integer } }, required: [order_id], additionalProperties: false }
    needs_approval: true
`,
  )
  await writeFile(
    join(dir, 'tools.ts'),
    'export const cancel = (args: { order_id: number }) => `cancelled ${args.order_id}`\n',
  )
})

afterEach(async () => {
  await rm(dir, { recursive: true, force: true })
})

describe('createRunner', () => {
  test('runs to a pause, and goes on with the state it was decided on', async () => {
    const { program, diagnostics } = await compileFile(join(dir, 'shop.yaml'))
    expect(diagnostics).toEqual([])
    await using runner = await createRunner(program, {
      store: sqliteStore(join(dir, 'runs.db')),
      environment: {},
    })
    let result = await runner.run('Cancel order 7', { session: 'customer-12' })
    expect(result.status).toBe('paused')
    while (result.status === 'paused') {
      for (const call of result.interruptions) result.state.approve(call)
      result = await runner.resume(result.state)
    }
    expect(result).toMatchObject({ status: 'completed', final_output: 'Done', session_id: 'customer-12' })
    expect(JSON.parse(JSON.stringify(result))).not.toHaveProperty('state')
  })

  test('streams events, and a state as text goes on in another runner', async () => {
    const { program } = await compileFile(join(dir, 'shop.yaml'))
    const environment = { AGENTSPEC_STATE_KEY: 'a key that both processes have' }
    const store = join(dir, 'runs.db')
    await using first = await createRunner(program, { store: sqliteStore(store), environment })
    const stream = first.stream('Cancel order 7')
    const types: string[] = []
    for await (const event of stream) types.push(event.type)
    expect(types).toContain('approval.requested')
    const { state } = await stream.result
    for (const call of state.interruptions) state.reject(call, { message: 'Too late' })
    const text = state.toString()

    await using second = await createRunner(program, { store: sqliteStore(store), environment })
    const restored = RunState.fromString(text, { key: environment.AGENTSPEC_STATE_KEY })
    const result = await second.resume(restored)
    expect(result).toMatchObject({ status: 'completed' })
    expect(JSON.stringify((await second.runtime.show(result.run_id)).items)).toContain('Too late')
  })

  test('refuses to run a spec with mistakes', async () => {
    await writeFile(join(dir, 'shop.yaml'), 'agentspec: 1\nname: shop\n')
    const { program } = await compileFile(join(dir, 'shop.yaml'))
    await expect(createRunner(program)).rejects.toMatchObject({ name: 'UsageFailure', code: 'invalid_spec' })
  })
})
