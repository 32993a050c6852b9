/** The specs in `specs/` do what they are there to show: their tests pass, they run offline, and a real model can take over. */
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { root } from '../../scripts/entries.ts'
import { startModelServer } from '../support/model-server.ts'
import { message, says } from '../support/served-runs.ts'
import { runCommand } from '../support/run-command.ts'

/** Those that can be run: what others include has no name. */
const specs = globSync('**/*.yaml', { cwd: join(root, 'specs') })
  .filter((file) => /^name:/m.test(readFileSync(join(root, 'specs', file), 'utf8')))
  .toSorted()
const offline = specs.filter((file) => file !== 'shop/production.yaml' && file !== 'guarded.yaml')

/** A copy of the folder: what an example changes, it changes there. npx finds its servers beside it. */
let home = ''

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'agentspec-examples-'))
  cpSync(join(root, 'specs'), home, { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'))
})

afterEach(() => {
  rmSync(home, { recursive: true, force: true })
})

test('every example is in the list of specs/README.md, and nothing else', () => {
  const text = readFileSync(join(root, 'specs/README.md'), 'utf8')
  const listed = [...text.matchAll(/\]\((?!\.)([\w/-]+\.yaml)\)/g)].map(([, file]) => file)
  expect(new Set(listed)).toEqual(new Set(specs))
})

test('the tests of all of them pass, without a network', async () => {
  const { code, stderr, json } = await runCommand(['test', '--json'], { cwd: home })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const { tests } = json as { readonly tests: readonly { readonly file: string; readonly kind: string }[] }
  const tested = new Set(tests.filter(({ kind }) => kind === 'test').map(({ file }) => file))
  expect(tested.size).toBe(specs.length)
})

describe('offline', () => {
  test.each(offline)('%s runs to its end, once a person has approved what it asks', async (file) => {
    let { code, json } = await runCommand(['run', file, 'Please', '--json', '--approvals', 'pause'], {
      cwd: home,
    })
    for (let pauses = 0; code === 4 && pauses < 3; pauses += 1) {
      ;({ code, json } = await runCommand(['approve', 'latest', '--resume', '--json'], { cwd: home }))
    }
    expect(json).toMatchObject({ status: 'completed', final_output: expect.any(String) })
    expect(code).toBe(0)
  })

  test('guarded.yaml needs nobody', async () => {
    const { json } = await runCommand(['run', 'guarded.yaml', 'When?', '--json'], { cwd: home })
    expect(json).toMatchObject({ status: 'completed', final_output: expect.stringContaining('2019') })
  })

  test('coding.yaml writes into its workspace, and only what was approved', async () => {
    await runCommand(['run', 'coding.yaml', 'Greet Ana', '--json'], { cwd: home })
    expect(existsSync(join(home, 'workspace/greet.sh'))).toBe(false)
    await runCommand(['approve', 'latest', '--resume', '--json'], { cwd: home })
    expect(readFileSync(join(home, 'workspace/greet.sh'), 'utf8')).toContain('Hello, Ana')
  })

  test('a run of upgrade/v1.yaml goes on with upgrade/v2.yaml, and a person is asked anew', async () => {
    await runCommand(['run', 'upgrade/v1.yaml', 'Cancel booking 7', '--json'], { cwd: home })
    const moved = await runCommand(['resume', 'latest', '--spec', 'upgrade/v2.yaml', '--json'], { cwd: home })
    expect(moved).toMatchObject({
      code: 4,
      json: {
        spec: { version: '2.0.0' },
        last_agent: 'front_desk',
        interruptions: [{ tool: 'cancel_booking', arguments: { booking_id: '7', fee: 0 } }],
      },
    })
    const done = await runCommand(['approve', 'latest', '--resume', '--json'], { cwd: home })
    expect(done.json).toMatchObject({ final_output: 'Booking 7 is cancelled, free of charge.' })
  })
})

test.each(specs)('%s runs on a real API as it is', async (file) => {
  // One of the agents is asked for a value, all others may say what they like.
  await using server = await startModelServer(says(message('{"off_topic":false}')))
  const env = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'sk-test-12345678' }
  const model = file === 'shop/production.yaml' ? [] : ['--model', 'openai/gpt-test']
  const flags = ['--json', '--no-stream', ...model]
  const { code, json } = await runCommand(['run', file, 'Please', ...flags], { cwd: home, env })
  expect({ code, json }).toMatchObject({ code: 0, json: { status: 'completed' } })
  expect(server.requests.length).toBeGreaterThan(0)
  expect(server.requests[0]?.body['model']).toMatch(/^gpt-/)
})
