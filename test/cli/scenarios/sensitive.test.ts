/** `x-sensitive`: values of the context and of arguments that are used, and shown to nobody; each step in its own process. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { startServer } from '../../support/http-server.ts'
import { calls, says, startScenario } from '../../support/scenario.ts'
import type { Scenario } from '../../support/scenario.ts'

const TOKEN = 'tok-5up3r-53cr3t'
const CARD = '4111-1111-2222-3333'

const SPEC = `context:
  schema:
    type: object
    properties:
      customer: { type: object, properties: { id: { type: integer }, pin: { type: integer, x-sensitive: true } }, required: [id, pin] }
      token: { type: string, minLength: 8, x-sensitive: true }
      seen: { type: integer }
    required: [token, customer]
    additionalProperties: false
agents:
  main: { instructions: "Customer {{ context.customer.id }} has {{ context.token }}.", tools: [pay, look] }
tools:
  look: { type: function, description: Looks, handler: ./pay.js#look }
  pay:
    type: function
    description: Pays
    handler: ./pay.js#pay
    needs_approval: { when: "args.amount > 10 && context.customer.pin > 123" }
    parameters:
      type: object
      properties: { amount: { type: integer }, card: { type: string, x-sensitive: true } }
      required: [amount, card]
      additionalProperties: false
`

const TOOLS = `import { appendFileSync } from 'node:fs'
export function pay(args, ctx) {
  appendFileSync('paid.log', args.amount + ' ' + args.card + ' ' + ctx.context.token + ' ' + ctx.context.customer.pin + '\\n')
  return 'paid with ' + ctx.context.token
}
export function look(args, ctx) { ctx.context.seen = 1; ctx.context.token = ctx.context.token + '-renewed'; return 'token is ' + ctx.context.token }
export function tell(message) { appendFileSync('told.log', JSON.stringify(message) + '\\n') }
`

const CONTEXT = JSON.stringify({ customer: { id: 7, pin: 123456789 }, token: TOKEN })
const PAY = calls('pay', 'c1', { amount: 20, card: CARD })

async function start(spec = SPEC, turns = [[PAY], says('Done.')]): Promise<Scenario> {
  const scenario = await startScenario(spec, turns)
  writeFileSync(join(scenario.path, 'pay.js'), TOOLS)
  return scenario
}

const paid = ({ path }: Scenario): string =>
  existsSync(join(path, 'paid.log')) ? readFileSync(join(path, 'paid.log'), 'utf8') : ''

describe('a sensitive value of the context', () => {
  test('reaches code and conditions, and nothing that is stored, shown, exported or sent to the model', async () => {
    await using scenario = await start()
    const trace = ['--trace', 'trace.jsonl']
    const paused = await scenario.agentspec('run', 'spec.yaml', 'Go', '--context', CONTEXT, ...trace)
    expect(paused.code).toBe(4)
    const done = await scenario.agentspec('approve', '-1', '--resume', '--context', CONTEXT, ...trace)
    expect(done).toMatchObject({ code: 0 })
    expect(paid(scenario)).toBe(`20 ${CARD} ${TOKEN} 123456789\n`)
    const shown = await scenario.agentspec('show', '-1')
    expect(shown.json).toMatchObject({
      context: {
        customer: { id: 7, pin: '[redacted:context.customer.pin]' },
        token: '[redacted:context.token]',
      },
    })
    expect(scenario.input(1).at(-1)).toMatchObject({ output: 'paid with [redacted:context.token]' })
    expect(scenario.requests[0]?.body['instructions']).toBe('Customer 7 has [redacted:context.token].')
    const said = [
      ...[paused, done, shown].flatMap(({ stdout, stderr }) => [stdout, stderr]),
      ...(
        await Promise.all(
          [
            ['show', '-1', '--events'],
            ['state', 'export', '-1', '--bundle'],
          ].map((words) => scenario.agentspec(...words)),
        )
      ).map(({ stdout }) => stdout),
      ...scenario.requests.map(({ body }) => JSON.stringify(body)),
      readFileSync(join(scenario.path, 'trace.jsonl'), 'utf8'),
      ...storeFiles(scenario),
    ]
    for (const text of said) {
      expect(text).not.toContain(TOKEN)
      expect(text).not.toContain('123456789')
    }
  })

  test('has to be given again where nobody knows it; nothing is changed until then', async () => {
    await using scenario = await start()
    await scenario.agentspec('run', 'spec.yaml', 'Go', '--context', CONTEXT)
    const before = await scenario.agentspec('show', '-1')
    const missing = await scenario.agentspec('resume', '-1', '--input', 'And?')
    expect(missing).toMatchObject({ code: 2, json: { error: { code: 'sensitive_context_missing' } } })
    expect(missing.stderr).toContain('context.customer.pin, context.token of run run_')
    expect(missing.stderr).toContain('--context')
    const partly = JSON.stringify({ customer: { id: 7, pin: 1 }, token: '[redacted:context.token]' })
    const half = await scenario.agentspec('resume', '-1', '--context', partly)
    expect(half).toMatchObject({
      code: 2,
      json: { error: { message: expect.stringMatching(/^context\.token of run/u) } },
    })
    const misfit = await scenario.agentspec('resume', '-1', '--context', '{"token":"short"}')
    expect(misfit).toMatchObject({ code: 2, json: { error: { code: 'invalid_context' } } })
    const wrong = JSON.stringify({ customer: { id: 7, pin: 'a-wrong-pin' }, token: TOKEN })
    const quoted = await scenario.agentspec('resume', '-1', '--context', wrong)
    expect(quoted.stderr).toContain('[redacted:context.customer.pin] does not fit its schema')
    expect(quoted.stdout + quoted.stderr + misfit.stderr).not.toMatch(/a-wrong-pin|"short"/u)
    expect((await scenario.agentspec('show', '-1')).json).toEqual(before.json)
    expect(paid(scenario)).toBe('')
  })

  test('that a tool changes is known to the rest of the process, and hidden like the first', async () => {
    const turns = [[calls('look', 'c1')], [calls('pay', 'c2', { amount: 1, card: CARD })], says('Done.')]
    await using scenario = await start(SPEC, turns)
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go', '--context', CONTEXT)).toMatchObject({
      code: 0,
    })
    expect(paid(scenario)).toContain(`1 ${CARD} ${TOKEN}-renewed `)
    expect(scenario.input(1).at(-1)).toMatchObject({ output: 'token is [redacted:context.token]' })
    expect((await scenario.agentspec('show', '-1')).json).toMatchObject({
      context: { seen: 1, token: '[redacted:context.token]' },
    })
  })

  test('travels with no document, and is given where the run goes on', async () => {
    await using scenario = await start()
    await scenario.agentspec('run', 'spec.yaml', 'Go', '--context', CONTEXT)
    const { stdout } = await scenario.agentspec('state', 'export', '-1', '--bundle')
    expect(stdout).not.toContain(TOKEN)
    writeFileSync(join(scenario.path, 'run.json'), stdout)
    const other = ['--store', 'sqlite:other.db']
    expect(await scenario.agentspec('state', 'import', 'run.json', '--trust-spec', ...other)).toMatchObject({
      code: 0,
    })
    const go = ['approve', '-1', '--resume', '--base', '.', ...other]
    expect(await scenario.agentspec(...go)).toMatchObject({ code: 2 })
    expect(await scenario.agentspec(...go, '--context', CONTEXT)).toMatchObject({ code: 0 })
    expect(paid(scenario)).toBe(`20 ${CARD} ${TOKEN} 123456789\n`)
  })
})

describe('a sensitive argument', () => {
  test('is hidden where a decision is asked for, and the tool gets it all the same', async () => {
    await using server = await startServer((_request, response) => void response.end())
    const notified = `${SPEC}approvals: { notify: { url: "${server.url}/hook", allow_private_addresses: true } }\n`
    await using scenario = await start(`tracing: { include_sensitive_data: true }\n${notified}`)
    const paused = await scenario.agentspec(
      'run',
      'spec.yaml',
      'Go',
      '--context',
      CONTEXT,
      '--trace',
      'trace.jsonl',
    )
    const shownArguments = { amount: 20, card: '[redacted:args.card]' }
    expect(paused.json).toMatchObject({ interruptions: [{ arguments: shownArguments }] })
    const inbox = await scenario.agentspec('approvals')
    expect(inbox.json).toMatchObject({ approvals: [{ arguments: shownArguments }] })
    const [told] = server.requests
    expect(JSON.parse(told?.body ?? '')).toMatchObject({ arguments: shownArguments })
    const edited = JSON.stringify({ ...shownArguments, amount: 15 })
    const approve = ['approve', '-1', '--args', edited, '--resume', '--context', CONTEXT]
    const done = await scenario.agentspec(...approve, '--trace', 'trace.jsonl')
    expect(done).toMatchObject({ code: 0 })
    expect(paid(scenario)).toBe(`15 ${CARD} ${TOKEN} 123456789\n`)
    const texts = [paused, inbox, done].flatMap(({ stdout, stderr }) => [stdout, stderr])
    for (const text of [...texts, told?.body, readFileSync(join(scenario.path, 'trace.jsonl'), 'utf8')])
      expect(text).not.toContain(CARD)
  })

  test('of a text that is no JSON hides the whole text', async () => {
    await using scenario = await start(SPEC, [[calls('pay', 'c1', `{ "card": "${CARD}"`)], says('Done.')])
    const paused = await scenario.agentspec('run', 'spec.yaml', 'Go', '--context', CONTEXT)
    expect(paused.json).toMatchObject({ interruptions: [{ arguments: '[redacted:args]' }] })
  })

  test('that is not one cannot be hidden by a document', async () => {
    await using scenario = await start()
    await scenario.agentspec('run', 'spec.yaml', 'Go', '--context', CONTEXT)
    const { stdout } = await scenario.agentspec('state', 'export', '-1', '--bundle')
    const hidden = stdout.replaceAll(/"amount": ?20(,[^}]*redacted)/gu, '"amount":"[redacted:args.amount]"$1')
    expect(hidden).not.toBe(stdout)
    writeFileSync(join(scenario.path, 'run.json'), hidden)
    const other = ['--store', 'sqlite:other.db']
    expect(await scenario.agentspec('state', 'import', 'run.json', '--trust-spec', ...other)).toMatchObject({
      code: 0,
    })
    expect(await scenario.agentspec('approve', '-1', ...other)).toMatchObject({
      code: 3,
      json: { error: { code: 'stale' } },
    })
    const anew = await scenario.agentspec('resume', '-1', '--base', '.', '--context', CONTEXT, ...other)
    expect(anew).toMatchObject({ code: 4, json: { interruptions: [{ arguments: { amount: 20 } }] } })
    expect(paid(scenario)).toBe('')
  })
})

test('x-sensitive that is neither true nor false is a mistake with its place', async () => {
  await using scenario = await start(
    SPEC.replace('minLength: 8, x-sensitive: true', 'minLength: 8, x-sensitive: "yes"'),
  )
  expect(await scenario.agentspec('check', 'spec.yaml')).toMatchObject({
    code: 2,
    json: {
      diagnostics: [
        {
          code: 'AS4014',
          message: expect.stringContaining('"x-sensitive" is true or false, not "yes"'),
          pointer: '/context/schema/properties/token/x-sensitive',
        },
      ],
    },
  })
})

function storeFiles({ path }: Scenario): readonly string[] {
  const folder = join(path, '.agentspec')
  return readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1'))
}
