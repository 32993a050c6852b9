/** Guardrails from outside: the built command against a model server, and what it leaves behind. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { answer } from '../runtime/models/support.ts'
import type { Said } from '../runtime/models/support.ts'
import { json, sse, startModelServer, stream } from '../support/model-server.ts'
import type { Answer, ModelServer } from '../support/model-server.ts'
import { runCommand } from '../support/run-command.ts'
import type { CommandResult } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const SECRET = 'hunter2-hunter2'

const TOOLS = `import { appendFileSync } from 'node:fs'
export function read(args: { of: string }) { appendFileSync('bodies.log', args.of + '\\n'); return ['hunter2', 'hunter2'].join('-') }
export function look() { appendFileSync('looks.log', 'look\\n'); return false }
`

interface Desk {
  readonly dir: string
  readonly server: ModelServer
  readonly run: (...args: readonly string[]) => Promise<CommandResult>
}

interface Given {
  readonly api?: 'responses' | 'chat_completions'
  readonly agent?: string
  readonly tool?: string
  readonly guardrails: string
  readonly rest?: string
}

/** A spec with one agent and the tool \`read\`, over a server that gives these answers. */
async function openDesk(given: Given, ...answers: readonly Answer[]): Promise<Desk> {
  const server = await startModelServer(...answers)
  const workspace = createWorkspace({
    'tools.ts': TOOLS,
    'desk.yaml': `agentspec: 1
name: desk
models:
  main: { provider: openai, api: ${given.api ?? 'responses'}, model: m, base_url: "\${LLM_URL}", api_key: "\${LLM_KEY:-local}" }
agents:
  desk: { model: main, instructions: Help., tools: [read], ${given.agent ?? ''} }
tools:
  read:
    type: function
    description: Reads
    handler: ./tools.ts#read
    parameters: { type: object, properties: { of: { type: string } }, required: [of], additionalProperties: false }
    ${given.tool ?? ''}
guardrails: ${given.guardrails}
${given.rest ?? ''}
`,
  })
  onTestFinished(async () => {
    await server[Symbol.asyncDispose]()
    workspace[Symbol.dispose]()
  })
  const env = { LLM_URL: server.url }
  return { dir: workspace.path, server, run: (...args) => runCommand(args, { cwd: workspace.path, env }) }
}

function saying(said: Said, api: 'responses' | 'chat_completions' = 'responses', streamed = true): Answer {
  const parts = answer(said)[api]
  return streamed ? stream([sse(parts.events)]) : json(parts.whole)
}

const calling = (args: object): Said => ({ call: { id: 'call_a', name: 'read', args: JSON.stringify(args) } })

/** Everything in the folder of the store, as bytes. */
function stored(dir: string): string {
  const folder = join(dir, '.agentspec')
  return readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'latin1'))
    .join('\n')
}

test('input that a blocking guardrail stops never reaches the model', async () => {
  const guardrails = '{ g: { type: regex, pattern: "\\\\d{16}", run_in_parallel: false } }'
  const desk = await openDesk({ agent: 'input_guardrails: [g]', guardrails }, saying({ text: 'Hello' }))
  const input = 'My card is 4111111111111111'
  const stopped = await desk.run('run', 'desk.yaml', '--session', 's', input)
  expect(stopped).toMatchObject({ code: 1, stdout: '' })
  expect(stopped.stderr).toContain('Guardrail g tripped on the input of desk')
  expect(stopped.stderr).toContain('(guardrail_tripped)')
  expect(stopped.stderr).not.toContain('tries again')
  expect(desk.server.requests).toHaveLength(0)
  const session = await desk.run('sessions', 'show', 's', '--json')
  expect(session.json).toMatchObject({ items: [{ role: 'user', content: input }] })
  expect(await desk.run('resume', 'latest')).toMatchObject({ code: 3 })
  const shown = await desk.run('show', 'latest')
  expect(shown.stdout).toContain('error: Guardrail g tripped on the input of desk')
})

test('a guardrail beside the model stops a request under way', async () => {
  let cut = false
  const endless: Answer = async (response) => {
    response.once('close', () => (cut = true))
    await stream([sse(answer({ text: 'Hello' }).responses.events.slice(0, 2))], 'stall')(response)
  }
  const guardrails = '{ g: { type: cel, when: "input.contains(\'bad\')" } }'
  const desk = await openDesk({ agent: 'input_guardrails: [g]', guardrails }, endless)
  const stopped = await desk.run('run', 'desk.yaml', '--json', 'bad')
  expect(stopped).toMatchObject({ code: 1, json: { status: 'failed', error: { code: 'guardrail_tripped' } } })
  await expect.poll(() => cut || desk.server.requests.length === 0).toBe(true)
})

const ways = (['responses', 'chat_completions'] as const).flatMap((api) =>
  [true, false].map((streamed) => ({ api, streamed })),
)

test.for(ways)(
  'a withheld answer leaves no trace ($api, streaming: $streamed)',
  async ({ api, streamed }) => {
    const guardrails = '{ g: { type: regex, pattern: hunter2, message: No passwords. } }'
    const said = saying({ text: `The password is ${SECRET}.` }, api, streamed)
    const desk = await openDesk({ api, guardrails, rest: 'run: { output_guardrails: [g] }' }, said)
    const flags = streamed ? [] : ['--no-stream']
    const seen = [
      await desk.run('run', 'desk.yaml', '--events', '--session', 's', ...flags, 'Tell me'),
      await desk.run('run', 'desk.yaml', '--session', 's', ...flags, 'Tell me'),
      await desk.run('show', 'latest', '--events', '--json'),
      await desk.run('show', 'latest', '--events'),
      await desk.run('show', 'latest'),
      await desk.run('sessions', 'show', 's', '--json'),
      await desk.run('state', 'export', 'latest', '--bundle'),
    ]
    expect(seen.map(({ code }) => code)).toEqual([1, 1, 0, 0, 0, 0, 0])
    expect(seen[0]?.stdout).toContain('"type":"guardrail.tripped"')
    expect(seen[1]?.stderr).toContain('Guardrail g tripped on the output of desk: No passwords.')
    expect(seen[3]?.stdout).toContain('withheld')
    for (const { stdout, stderr } of seen) expect(stdout + stderr).not.toContain(SECRET)
    expect(stored(desk.dir).includes(SECRET)).toBe(false)
  },
)

test('an answer that passes is streamed whole, after the verdict', async () => {
  const guardrails = '{ g: { type: regex, pattern: hunter2 } }'
  const desk = await openDesk(
    { agent: 'output_guardrails: [g]', guardrails },
    saying({ text: 'All is well.' }),
  )
  const done = await desk.run('run', 'desk.yaml', '--events', 'Hi')
  expect(done.code).toBe(0)
  const events = done.stdout
    .trim()
    .split('\n')
    .map((line): { type: string; delta?: string } => JSON.parse(line))
  expect(events.map(({ delta }) => delta ?? '').join('')).toBe('All is well.')
  const types = events.map(({ type }) => type)
  expect(types.lastIndexOf('text.delta')).toBeLessThan(types.indexOf('model.responded'))
})

test('arguments and results that trip: the model is told so, and nothing else', async () => {
  const guardrails = `{ in: { type: regex, pattern: bad, message: Not that. }, out: { type: regex, pattern: hunter2 } }`
  const desk = await openDesk(
    { tool: 'input_guardrails: [in]\n    output_guardrails: [out]', guardrails },
    saying(calling({ of: 'bad' })),
    saying(calling({ of: 'good' })),
    saying({ text: 'Done.' }),
  )
  const done = await desk.run('run', 'desk.yaml', 'Go')
  expect(done).toMatchObject({ code: 0, stdout: 'Done.\n' })
  expect(done.stderr).toContain('Guardrail in tripped on the arguments of read: Not that.')
  expect(readFileSync(join(desk.dir, 'bodies.log'), 'utf8')).toBe('good\n')
  expect(desk.server.requests[1]?.text).toContain('Not that.')
  expect(desk.server.requests[2]?.text).toContain('Output withheld by an output guardrail.')
  expect(desk.server.requests.some(({ text }) => text.includes(SECRET))).toBe(false)
  expect(stored(desk.dir).includes(SECRET)).toBe(false)
})

test('edited arguments that a guardrail refuses: exit 2, nothing recorded; input is not judged again', async () => {
  const desk = await openDesk(
    {
      agent: 'input_guardrails: [look]',
      tool: 'input_guardrails: [in]\n    needs_approval: true',
      guardrails:
        '{ in: { type: regex, pattern: bad }, look: { type: handler, handler: "./tools.ts#look" } }',
      rest: 'approvals: { pre_approval_guardrails: true }',
    },
    saying(calling({ of: 'bad' })),
    saying(calling({ of: 'good' })),
    saying({ text: 'Done.' }),
  )
  const paused = await desk.run('run', 'desk.yaml', '--json', 'Go')
  expect(paused).toMatchObject({
    code: 4,
    json: { turns: 2, interruptions: [{ arguments: { of: 'good' } }] },
  })
  const before = await desk.run('show', 'latest', '--events', '--json')
  const refused = await desk.run('approve', 'latest', '--args', '{"of":"bad too"}', '--json')
  expect(refused).toMatchObject({ code: 2, json: { error: { code: 'invalid_arguments' } } })
  expect((await desk.run('show', 'latest', '--events', '--json')).json).toEqual(before.json)
  const done = await desk.run('approve', 'latest', '--args', '{"of":"better"}', '--resume')
  expect(done).toMatchObject({ code: 0, stdout: 'Done.\n' })
  expect(readFileSync(join(desk.dir, 'bodies.log'), 'utf8')).toBe('better\n')
  expect(readFileSync(join(desk.dir, 'looks.log'), 'utf8')).toBe('look\n')
})

test('the example runs as its page says', async () => {
  const cwd = createWorkspace()
  onTestFinished(() => cwd[Symbol.dispose]())
  const spec = join(import.meta.dirname, '../../specs/guarded.yaml')
  const ask = (input: string): Promise<CommandResult> => runCommand(['run', spec, input], { cwd: cwd.path })
  const done = await ask('When did Ana open her account?')
  expect(done).toMatchObject({ code: 0, stdout: 'Ana has one account, opened in 2019.\n' })
  expect(done.stderr).toContain(
    'Guardrail one_owner tripped on the arguments of find_account: Name one owner.',
  )
  const stopped = await ask('My card is 4111111111111111')
  expect(stopped).toMatchObject({ code: 1, stdout: '' })
  expect(stopped.stderr).toContain(
    'Guardrail no_card_numbers tripped on the input of teller: No card numbers.',
  )
})
