import { describe, expect, test } from 'vitest'
import { compileText } from '../support/compile-text.ts'

const files = `=== triage.md
Help.
=== tools.ts
import { rate } from './rate.ts'
export const cancel = (args: { id: number }) => args.id * rate
=== rate.ts
export const rate = 1
`
const spec = `agentspec: 1
name: demo
entry: triage
agents:
  triage: { instructions: { file: ./triage.md }, tools: [cancel], handoffs: [billing] }
  billing: { instructions: Explain., model: main }
models:
  main: { provider: openai, model: gpt-5.6-luna, settings: { temperature: 0.5 } }
tools:
  cancel:
    type: function
    description: Cancels
    handler: ./tools.ts#cancel
    parameters: { type: object, properties: { id: { type: integer } }, required: [id] }
    needs_approval: { when: "args.id > 100" }
    timeout: 10s
approvals:
  rules: [{ tool: cancel, when: "args.id > 5", decide: ask }]
  expires_after: 72h
`

async function hashOf(text: string): Promise<string> {
  const result = await compileText(text + files)
  expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  return result.hash ?? 'no hash'
}

const original = await hashOf(spec)

function edit(from: string, to: string): string {
  expect(spec + files).toContain(from)
  return (spec + files).replace(from, to)
}

async function hashOfEdit(from: string, to: string): Promise<string> {
  const result = await compileText(edit(from, to))
  expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  return result.hash ?? 'no hash'
}

test('a hash says what it is', () => {
  expect(original).toMatch(/^sha256:[0-9a-f]{64}$/)
})

describe('the same meaning has the same hash', () => {
  test.each([
    ['a comment', 'name: demo', '# hello\nname: demo # there'],
    ['white space', 'name: demo\n', 'name:   demo\n\n\n'],
    ['quotes', 'name: demo', 'name: "demo"'],
    [
      'block style',
      'models:\n  main: { provider: openai, model: gpt-5.6-luna, settings: { temperature: 0.5 } }',
      'models:\n  main:\n    settings:\n      temperature: 5e-1\n    model: gpt-5.6-luna\n    provider: openai',
    ],
    ['the order of keys', 'agentspec: 1\nname: demo\n', 'name: demo\nagentspec: 1\n'],
    ['an extension', 'name: demo', 'name: demo\nx-note: { any: thing }'],
    ['an extension inside', '{ provider: openai,', '{ x-note: 1, provider: openai,'],
    ['anchors', 'timeout: 10s\napprovals:\n', 'timeout: &t 10s\nx-t: *t\napprovals:\n'],
    [
      'a merge',
      'billing: { instructions: Explain., model: main }',
      'billing: { <<: { model: main }, instructions: Explain. }',
    ],
    ['another unit', 'timeout: 10s', 'timeout: 10'],
    ['another unit of a longer time', 'expires_after: 72h', 'expires_after: 4320m'],
    ['a default that is written out', 'timeout: 10s', 'timeout: 10s\n    on_unknown: ask\n    strict: true'],
    ['another way to write a path', 'handler: ./tools.ts#cancel', 'handler: tools.ts#cancel'],
    ['a version that is written out', 'name: demo', 'name: demo\nversion: 0.0.0'],
  ])('%s', async (_what, from, to) => {
    expect(await hashOfEdit(from, to)).toBe(original)
  })

  test('the order of definitions', async () => {
    const swapped = spec.replace(/( {2}triage: .*\n)( {2}billing: .*\n)/, '$2$1')
    expect(swapped).not.toBe(spec)
    expect(await hashOf(swapped)).toBe(original)
  })

  test('definitions in an included file', async () => {
    const model =
      'models:\n  main: { provider: openai, model: gpt-5.6-luna, settings: { temperature: 0.5 } }\n'
    const result = await compileText(`include: [./m.yaml]\n${edit(model, '')}=== m.yaml\n${model}`)
    expect(result.hash).toBe(original)
  })

  test('Windows line ends in the spec itself', async () => {
    expect(await hashOf(spec.replaceAll('\n', '\r\n'))).toBe(original)
  })
})

describe('another meaning has another hash', () => {
  test.each([
    ['the name', 'name: demo', 'name: other'],
    ['the version', 'name: demo', 'name: demo\nversion: 1.0.0'],
    ['the description', 'name: demo', 'name: demo\ndescription: Hi'],
    ['instructions', 'Explain.', 'Explain!'],
    ['an instruction file', 'Help.', 'Help!'],
    ['white space in an instruction file', 'Help.\n', 'Help.\n\n'],
    ['the source of a tool', 'args.id * rate', 'args.id + rate'],
    ['a comment in the source of a tool', 'export const cancel', '/* c */ export const cancel'],
    ['a module that a tool imports', 'rate = 1', 'rate = 2'],
    ['a model', 'gpt-5.6-luna', 'gpt-5.6'],
    ['a setting', 'temperature: 0.5', 'temperature: 0.6'],
    ['a schema', 'required: [id]', 'required: []'],
    ['a description for the model', 'description: Cancels', 'description: Cancels it'],
    ['a condition', '"args.id > 100"', '"args.id > 101"'],
    ['the order of rules', 'rules: [{', 'rules: [{ agent: triage, decide: allow }, {'],
    ['a timeout', 'timeout: 10s', 'timeout: 11s'],
    ['an edge', 'handoffs: [billing]', 'handoffs: [{ agent: billing, tool_name: b }]'],
    ['an unused definition', 'models:\n', 'models:\n  spare: openai/x\n'],
  ])('%s', async (_what, from, to) => {
    expect(await hashOfEdit(from, to)).not.toBe(original)
  })
})

test('the environment and the place of a spec have no part in its hash', async () => {
  const text = spec.replace('settings: { temperature: 0.5 }', 'base_url: "${URL:-http://x}"') + files
  const [one, two] = await Promise.all([
    compileText(text, { environment: { URL: 'http://a' } }),
    compileText(text, { environment: {} }),
  ])
  expect(one.hash).toBe(two.hash)
  expect(JSON.stringify(one.program)).toContain('${URL:-http://x}')
})
