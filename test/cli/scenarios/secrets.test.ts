/** No secret of the environment is in any document, whichever way it came into a run. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startServer } from '../../support/http-server.ts'
import { calls, says, startScenario } from '../../support/scenario.ts'
import type { Scenario } from '../../support/scenario.ts'

const SECRETS = {
  API_TOKEN: 'tok-aaaa-1111',
  DB_PASSWORD: 'pw-bbbb-2222',
  LISTED: 'listed-cccc-3333',
  LLM_KEY: 'key-dddd-4444',
}

const spec = (shop: string): string => `secrets: [LISTED]
context: { default: { region: "\${LISTED}" } }
agents:
  main: { instructions: "Call with \${API_TOKEN}.", tools: [leak, fail, post, run] }
tools:
  leak: { type: function, description: Leaks, handler: ./leaks.js#leak, needs_approval: true }
  fail: { type: function, description: Fails, handler: ./leaks.js#fail }
  post:
    type: http
    description: Posts
    url: "${shop}/orders"
    allow_private_addresses: true
    headers: { authorization: "Bearer \${API_TOKEN}" }
    query: { key: "\${DB_PASSWORD}" }
    parameters: { type: object, properties: {}, additionalProperties: false }
  run: { type: shell, needs_approval: true, env: [API_TOKEN] }
approvals: { rejection_message: "Ask \${LISTED}", notify: { handler: ./leaks.js#tell } }
`

const LEAKS = `import { readFileSync } from 'node:fs'
const secret = (name) => readFileSync('.env', 'utf8').match(new RegExp(name + '=(.*)'))[1]
export function leak(args, ctx) {
  ctx.progress('at ' + secret('API_TOKEN'))
  ctx.context.found = { [secret('DB_PASSWORD')]: [secret('LISTED')] }
  return { token: secret('API_TOKEN'), list: [secret('LISTED'), 'x' + secret('DB_PASSWORD') + 'y'] }
}
export function fail() { throw new Error('refused: ' + secret('DB_PASSWORD')) }
export function tell() { throw new Error('no line to ' + secret('LISTED')) }
`

describe('no document of a run', () => {
  test('has a secret, however it came in', async () => {
    await using shop = await startServer((request, response) => {
      response.end(`you sent ${request.headers.authorization} to ${request.url}`)
    })
    const { API_TOKEN, DB_PASSWORD, LISTED } = SECRETS
    const shell = {
      type: 'shell_call',
      id: 'sh_1',
      call_id: 'c4',
      status: 'completed',
      action: { commands: ['echo $API_TOKEN'], timeout_ms: null, max_output_length: null },
    }
    const turns = [
      [calls('leak', 'c1', { why: API_TOKEN }), calls('fail', 'c2'), calls('post', 'c3'), shell],
      [calls('leak', 'c5', `{ "why": "${LISTED}"`)],
      says(`It is ${DB_PASSWORD}.`),
    ]
    await using scenario = await startScenario(spec(shop.url), turns)
    const env = Object.entries(SECRETS).map(([name, value]) => `${name}=${value}\n`)
    writeFileSync(join(scenario.path, '.env'), env.join(''))
    writeFileSync(join(scenario.path, 'leaks.js'), LEAKS)
    const said: string[] = []
    const step = async (...words: readonly string[]): Promise<number | null> => {
      const { code, stdout, stderr } = await scenario.agentspec(...words)
      said.push(stdout, stderr)
      return code
    }
    const context = JSON.stringify({ password: DB_PASSWORD, deep: [{ [LISTED]: 1 }] })
    const run = ['run', 'spec.yaml', `My token is ${API_TOKEN}`, '--session', 's', '--trace', 'trace.jsonl']
    expect(await step(...run, '--context', context)).toBe(4)
    const about = ['--reason', `because ${LISTED}`, '--trace', 'trace.jsonl']
    expect(await step('approve', '-1', '--all', ...about, '--args', '{}')).toBe(2)
    expect(await step('approve', '-1', '--all', ...about, '--resume')).toBe(4)
    await exportAll(step)
    expect(await step('reject', '-1', '--message', `not with ${API_TOKEN}`, ...about, '--resume')).toBe(0)
    await exportAll(step)
    expect(shop.requests[0]?.headers.authorization).toBe(`Bearer ${API_TOKEN}`)
    const sent = scenario.requests.map(({ body }) => JSON.stringify(body))
    const kept = [
      ...filesOf(scenario, '.agentspec'),
      readFileSync(join(scenario.path, 'trace.jsonl'), 'utf8'),
    ]
    for (const text of [...said, ...sent, ...kept])
      for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret)
    expect(said.join('')).toContain('[redacted:API_TOKEN]')
  })
})

async function exportAll(step: (...words: readonly string[]) => Promise<number | null>): Promise<void> {
  for (const words of [
    ['state', 'export', '-1'],
    ['state', 'export', '-1', '--bundle'],
    ['show', '-1'],
    ['show', '-1', '--events'],
    ['approvals'],
    ['runs'],
    ['sessions', 'show', 's'],
  ])
    expect(await step(...words), words.join(' ')).toBe(0)
}

function filesOf({ path }: Scenario, folder: string): readonly string[] {
  return readdirSync(join(path, folder)).map((file) => readFileSync(join(path, folder, file), 'latin1'))
}
