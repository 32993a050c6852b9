/** Tools that are requests, and tools in a process of their own, from the command line. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startServer } from '../support/http-server.ts'
import { startCommand } from '../support/live-command.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const SHOP = `agentspec: 1
name: shop
models:
  main:
    provider: scripted
    script:
      - tool_calls: [ { name: cancel, arguments: { order_id: 7, amount: 150 }, call_id: call_a } ]
      - text: Cancelled.
agents:
  desk: { model: main, instructions: Help., tools: [cancel] }
tools:
  cancel:
    type: http
    description: Cancel an order
    method: POST
    url: "\${SHOP_URL}/orders/{{ args.order_id }}/cancel"
    headers: { Authorization: "Bearer \${SHOP_TOKEN}" }
    body: { amount: "{{ args.amount }}" }
    parameters:
      type: object
      properties: { order_id: { type: integer }, amount: { type: number } }
      required: [order_id, amount]
      additionalProperties: false
    needs_approval: { when: "args.amount > 100.0" }
    allow_private_addresses: true
`

test('a request waits for approval, and is made by the process that goes on', async () => {
  await using server = await startServer((request, response) =>
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify({ seen: request.headers.authorization })),
  )
  using folder = createWorkspace({
    'shop.yaml': SHOP,
    '.env': `SHOP_URL=${server.url}\nSHOP_TOKEN=token-0123456789\n`,
  })
  const agentspec = (...args: string[]): ReturnType<typeof runCommand> =>
    runCommand(args, { cwd: folder.path })
  const paused = await agentspec('run', 'shop.yaml', 'Cancel it', '--json')
  expect(paused.code).toBe(4)
  expect(paused.json).toMatchObject({
    status: 'paused',
    interruptions: [{ kind: 'http', tool: 'cancel', arguments: { order_id: 7, amount: 150 } }],
  })
  expect(server.requests).toEqual([])
  const done = await agentspec('approve', 'latest', '--resume', '--json')
  expect(done).toMatchObject({ code: 0, json: { status: 'completed', final_output: 'Cancelled.' } })
  expect(server.requests).toMatchObject([
    {
      method: 'POST',
      path: '/orders/7/cancel',
      body: '{"amount":"150"}',
      headers: { authorization: 'Bearer token-0123456789' },
    },
  ])
  const shown = await agentspec('show', 'latest', '--events', '--json')
  expect(shown.stdout).toContain('Bearer [redacted:SHOP_TOKEN]')
  expect(shown.stdout + done.stdout + paused.stdout).not.toContain('token-0123456789')
})

const BUSY = `agentspec: 1
name: busy
defaults: { tools: { isolation: worker } }
models:
  main:
    provider: scripted
    script:
      - tool_calls: [ { name: spin, arguments: {}, call_id: call_a } ]
      - text: Went on.
agents:
  desk: { model: main, instructions: Help., tools: [spin] }
tools:
  spin: { type: function, description: Spin, handler: ./tools.ts#spin, timeout: 2s, on_unknown: fail }
`

const SPIN = `import type { ToolContext } from 'agentspec'
export function spin(_args: object, ctx: ToolContext): never {
  console.log('a line for the log')
  process.stdout.write('and another')
  ctx.progress('pid ' + process.pid + ' ')
  for (;;);
}
`

test('a busy loop is stopped at its timeout; what it prints does not get into the result', async () => {
  using folder = createWorkspace({ 'busy.yaml': BUSY, 'tools.ts': SPIN })
  const { code, json, stderr } = await runCommand(['run', 'busy.yaml', 'Go', '--json'], { cwd: folder.path })
  expect(stderr).toContain('a line for the log\nand another')
  expect({ code, json }).toMatchObject({ code: 0, json: { status: 'completed', final_output: 'Went on.' } })
  const { json: shown } = await runCommand(['show', 'latest', '--json'], { cwd: folder.path })
  expect(shown).toMatchObject({ items: [{}, {}, { output: "Tool 'spin' timed out after 2 seconds." }, {}] })
})

test('a killed run takes its busy tools along', async () => {
  using folder = createWorkspace({ 'busy.yaml': BUSY.replace('2s', '10m'), 'tools.ts': SPIN })
  const command = startCommand(['run', 'busy.yaml', 'Go'], { cwd: folder.path })
  await command.waitFor('pid ')
  await command.waitFor(' ')
  const pid = Number(/pid (\d+) /.exec(command.screen())?.[1])
  expect(isThere(pid)).toBe(true)
  command.signal('SIGKILL')
  await command.ended
  while (isThere(pid)) await wait(10)
  expect(await runCommand(['resume', 'latest', '--json'], { cwd: folder.path })).toMatchObject({
    code: 1,
    json: { status: 'failed', error: { code: 'tool_outcome_unknown' } },
  })
})

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('an isolated tool runs from what was archived, when its folder is gone', async () => {
  using folder = createWorkspace()
  const gated = BUSY.replace('timeout: 2s', 'needs_approval: true')
  folder.write('spec/gated.yaml', gated)
  folder.write(
    'spec/tools.ts',
    `import { answer } from './more.ts'\nexport const spin = (): string => answer`,
  )
  folder.write('spec/more.ts', `export const answer: string = 'from ' + import.meta.filename`)
  mkdirSync(join(folder.path, '.agentspec'))
  const options = { cwd: folder.path }
  expect((await runCommand(['run', 'spec/gated.yaml', 'Go'], options)).code).toBe(4)
  rmSync(join(folder.path, 'spec'), { recursive: true })
  expect(await runCommand(['approve', 'latest', '--resume'], options)).toMatchObject({
    code: 0,
    stdout: 'Went on.\n',
  })
  const { stdout } = await runCommand(['show', 'latest', '--json'], options)
  expect(stdout).toContain(`from ${join(folder.path, 'spec', 'more.ts')}`)
})
