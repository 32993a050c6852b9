/** What holds for any two specs. */
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { CHANGE_CLASSES, isAtLeast, worstClass } from '../../../src/compiler/diff/change.ts'
import { diffPrograms } from '../../../src/compiler/diff/diff-programs.ts'
import { judgeRun } from '../../../src/compiler/diff/judge-run.ts'
import type { Program } from '../../../src/compiler/program.ts'
import { specHash } from '../../../src/compiler/spec-hash.ts'
import { programOf } from '../../support/compile-text.ts'

const filesWith = (answer: string): string => `
=== t.ts
import { help } from './help.ts'
export const pay = () => help()
export const check = () => true
=== help.ts
export const help = () => ${answer}
=== i.md
Be kind.
`

/** Code that nothing runs: there are no tools for a default to hold for. */
const unusedCode =
  'agentspec: 1\nname: shop\nagents: { main: {} }\ndefaults: { tools: { failure_error_function: { handler: "./t.ts#check" } } }\n'

/** Parts of specs: of each list one is taken, and all of them go together. */
const parts: readonly (readonly string[])[] = [
  ['version: 1.0.0', 'version: 2.0.0', 'description: A shop'],
  ['entry: main', 'entry: main\nsecrets: [SHOP_PIN]', 'entry: other'],
  ['context: { default: { a: 1 } }', 'context: { schema: { type: object }, default: { a: 2 } }', ''],
  [
    'models: { m: openai/x, n: { provider: openai, model: y, fallback: [m] } }',
    'models: { m: openai/y, n: openai/z }',
  ],
  [
    'approvals: { rules: [{ tool: pay, decide: ask }, { tool: "files/*", decide: deny }] }',
    'approvals: { rules: [{ tool: "files/*", decide: deny, message: No }, { tool: pay, decide: ask }], expires_after: 1h }',
    'approvals: { rules: [{ agent: main, tool: "*", when: "tool == \'pay\'", decide: allow }], notify: { handler: "./t.ts#check" } }',
    '',
  ],
  [
    'mcp_servers: { files: { command: x, require_approval: always }, logs: { url: "http://a" } }',
    'mcp_servers: { files: { command: x, require_approval: { when: "true" }, tool_filter: { block: [a] } }, logs: { url: "http://b" } }',
    'mcp_servers: { files: { command: y, resources: { expose: true } }, logs: { url: "http://a", tool_filter: { handler: "./t.ts#check" } } }',
  ],
  [
    'guardrails: { g: { type: regex, pattern: a }, h: { type: agent, agent: judge, trip_when: "true" } }',
    'guardrails: { g: { type: handler, handler: "./t.ts#check" }, h: { type: cel, when: "true" } }',
  ],
  [
    'migrations: [{ from: "<2.0.0", rename_agents: { helper: aide }, rename_tools: { shell: run }, drop_pending: [web] }]',
    'migrations: [{ from: "*", map_arguments: { pay: { a: args.a } }, drop_pending: true }]',
    '',
  ],
  ['run: { max_turns: 3, input_guardrails: [g] }', 'session: { limit: 3 }', 'tracing: { enabled: false }'],
]

const agents = (name: string): readonly string[] => [
  `agents:\n  main: { instructions: Hi, model: m, tools: [pay, sub], handoffs: [other, ${name}] }\n`,
  `agents:\n  main: { instructions: { file: ./i.md }, model: n, tools: [sub], mcp_servers: [files], handoffs: [{ agent: ${name}, tool_name: ask }, other] }\n`,
  `agents:\n  main: { model: "\${MODEL}", tools: [{ name: pay, type: function, handler: "./t.ts#pay" }], mcp_servers: [logs, files], mcp_config: { convert_schemas_to_strict: true, include_server_in_tool_names: true } }\n`,
]

const others = (name: string): readonly string[] => [
  `  other: { input_guardrails: [g], tool_use_behavior: stop_on_first_tool }\n  judge: {}\n  ${name}: {}\n`,
  `  other: { output: { schema: { type: object } }, handoffs: [main] }\n  judge: { tools: [pay] }\n  ${name}: { tools: [sub, pay], mcp_servers: [files] }\n`,
]

const tools: readonly string[] = [
  'tools:\n  pay: { type: function, handler: "./t.ts#pay", needs_approval: true, parameters: { type: object, properties: { a: {} } } }\n',
  'tools:\n  pay: { type: function, handler: "./t.ts#pay", parameters: { type: object, properties: { a: { type: string } }, required: [a] }, enabled: { handler: "./t.ts#check" } }\n',
  'tools:\n  pay: { type: http, method: POST, url: "https://a.test", needs_approval: { when: "true" }, parameters: { type: object, properties: { a: {} } } }\n',
  'tools:\n  pay: { type: hosted_mcp, server_label: pay, server_url: "https://a.test", require_approval: { always: { tool_names: [b] } }, allowed_tools: [b] }\n',
]

const more = (agent: string): readonly string[] => [
  `  sub: { type: agent, agent: ${agent}, needs_approval: true }\n  run: { type: shell }\n`,
  `  sub: { type: agent, agent: ${agent}, max_turns: 2 }\n  shell: { type: shell, needs_approval: { handler: "./t.ts#check" } }\n  web: { type: web_search }\n`,
]

const choice = <T>(list: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...list)

const text = fc
  .constantFrom('helper', 'aide')
  .chain((name) =>
    fc
      .tuple(
        fc.tuple(...parts.map(choice)),
        choice(agents(name)),
        choice(others(name)),
        choice(tools),
        choice(more(name)),
        choice([filesWith('1'), filesWith('2')]),
      )
      .map(([header, ...body]) => `agentspec: 1\nname: shop\n${header.join('\n')}\n${body.join('')}`),
  )

let programs: readonly Program[] = []
let pair: fc.Arbitrary<readonly [Program, Program]>

beforeAll(async () => {
  const unused = [filesWith('1'), filesWith('2')].map((files) => unusedCode + files)
  const texts = [...fc.sample(text, { numRuns: 80, seed: 1 }), ...unused]
  programs = await Promise.all(texts.map((one) => programOf(one)))
  pair = fc.tuple(fc.constantFrom(...programs), fc.constantFrom(...programs))
})

test('a spec does not differ from itself, and only from itself', () => {
  const differs = fc.property(pair, ([a, b]) => {
    expect(diffPrograms(a, structuredClone(a))).toEqual([])
    expect(diffPrograms(a, b).length > 0).toBe(specHash(a) !== specHash(b))
  })
  fc.assert(differs, { numRuns: 400 })
})

test('code that nothing runs makes no difference but for the hash', () => {
  const [one, other] = programs.slice(-2)
  expect(diffPrograms(one!, other!)).toMatchObject([
    { class: 'cosmetic', what: 'module help.ts: changed; nothing runs it' },
  ])
})

test('changes come with the worst first, and each is somewhere', () => {
  const ordered = fc.property(pair, ([a, b]) => {
    const changes = diffPrograms(a, b)
    const ranks = changes.map((change) => CHANGE_CLASSES.indexOf(change.class))
    expect(ranks).toEqual(ranks.toSorted((one, other) => other - one))
    for (const { at, pointer, what } of changes) {
      expect(pointer, what).toBe(at.b ?? at.a)
      expect(what).toMatch(/^\S.*[^.\s]$/)
    }
  })
  fc.assert(ordered, { numRuns: 200 })
})

test('a change of one part alone is found wherever it is', () => {
  const one = fc.property(pair, fc.nat(), ([a, b], seed) => {
    const keys = Object.keys(a) as (keyof Program)[]
    const key = keys[seed % keys.length] ?? 'run'
    const changed = { ...a, [key]: b[key] }
    expect(diffPrograms(a, changed).length > 0).toBe(specHash(a) !== specHash(changed))
  })
  fc.assert(one, { numRuns: 400 })
})

test('a run that has nothing in hand, and an agent that stays, is never worse off than the spec', () => {
  const narrowed = fc.property(pair, ([older, newer]) => {
    const changes = diffPrograms(older, newer)
    const run = { agents: ['main'], active: ['main'], calls: [], sticky: [] }
    const verdict = judgeRun({ older, newer, changes }, run, () => false)
    expect(isAtLeast(worstClass(changes.map((change) => change.class)), verdict.class)).toBe(true)
    expect(isAtLeast('behavioural', verdict.class)).toBe(true)
  })
  fc.assert(narrowed, { numRuns: 200 })
})

test('each change says where it is in both specs, as far as it is there', async () => {
  const before = await programOf(
    'agentspec: 1\nname: shop\nentry: main\nagents: { main: { handoffs: [a, b] }, a: {}, b: {} }',
  )
  const after = await programOf(
    'agentspec: 1\nname: shop\nentry: main\nagents: { main: { handoffs: [b, c] }, a: {}, b: { instructions: X }, c: {} }',
  )
  expect(diffPrograms(before, after).map(({ pointer, at }) => [pointer, at.a, at.b])).toEqual([
    ['/agents/main/handoffs/0', '/agents/main/handoffs/0', undefined],
    ['/agents/main/handoffs/1', undefined, '/agents/main/handoffs/1'],
    ['/agents/b/instructions', '/agents/b/instructions', '/agents/b/instructions'],
    ['/agents/c', undefined, '/agents/c'],
  ])
})
