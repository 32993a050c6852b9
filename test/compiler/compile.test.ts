import { describe, expect, test } from 'vitest'
import { compileText } from '../support/compile-text.ts'
import { expectDiagnostics } from '../support/expect-diagnostics.ts'

test('ten mistakes of every stage are ten findings, in the order of their places', async () => {
  const { diagnostics } = await compileText(`agentspec: 1
name: demo
version: one
entry: triage
context: { schema: { type: object, properties: { name: { type: string } } } }
agents:
  triage:
    instructions: "Hello {{ context.nmae }}"
    model: mian
    tools: [cancel_order, cancel_ordr]
    handoffs: [billing, triage]
  billing: { handofs: [] }
  billing: { instructions: again }
models:
  main: { provider: openai, model: x, timeout: 10x }
tools:
  cancel_order:
    type: function
    handler: ./tools.ts#cancelOrdr
    needs_approval: { when: "args.id > 1" }
=== tools.ts
export const cancelOrder = 1
`)
  expect(diagnostics.map(({ code, start }) => `${start.line}:${start.column} ${code}`)).toEqual([
    '3:10 AS2011',
    '8:29 AS4013',
    '9:12 AS3003',
    '10:27 AS3002',
    '11:25 AS4001',
    '12:14 AS2001',
    '13:3 AS1020',
    '15:48 AS2009',
    '19:25 AS3014',
    '20:35 AS4010',
  ])
})

test('a misspelt key that is required is one mistake, not two', async () => {
  const { diagnostics } = await compileText('agentspec: 1\nnmae: demo\nagents: { a: {} }\n')
  expect(diagnostics).toMatchObject([
    { code: 'AS2001', start: { line: 2 }, fix: { edits: [{ text: 'name' }] } },
  ])
})

describe('a result', () => {
  const spec =
    'agentspec: 1\nname: demo\nagents:\n  a: { tools: [{ type: function, name: t, description: T, handler: ./t.ts#t, strict: false }] }\n=== t.ts\nexport const t = 1\n'

  test('has a Program and a hash exactly when there are no errors', async () => {
    const good = await compileText(spec)
    expect(good).toMatchObject({
      ok: true,
      program: { name: 'demo' },
      hash: expect.stringMatching(/^sha256:/),
    })
    const bad = await compileText(spec.replace('name: demo', 'name: Demo Spec'))
    expect(bad.ok).toBe(false)
    expect(bad).not.toHaveProperty('program')
    expect(bad).not.toHaveProperty('hash')
  })

  test('knows the files that were read', async () => {
    const { files, sources, baseDir } = await compileText(spec)
    expect(files).toEqual(['spec.yaml', 't.ts'])
    expect(sources).toEqual({ 'spec.yaml': spec.split('=== ')[0] })
    expect(baseDir).toBe('/spec')
  })

  test.each([
    ['/agents/a', '4:6'],
    ['/agents/a/tools/0/strict', '4:86'],
    ['/tools/a.t/strict', '4:86'],
    ['/tools/a.t/timeout', '4:18'],
    ['/run/max_turns', '1:1'],
  ])('knows where %s is written, or what is around it', async (pointer, place) => {
    const { placeOf } = await compileText(spec)
    const location = placeOf(pointer)
    expect(`${location?.start.line}:${location?.start.column}`).toBe(place)
  })
})

describe('warnings', () => {
  const spec = (before: string, behind: string): string =>
    `agentspec: 1\nname: demo\nagents: { a: {} }\nmodels:\n${before}  m: openai/x${behind}\n  n: openai/x\n`
  const unused = (name: string, line: number): string => `${line}:3 AS4007 Nothing uses the model "${name}".`

  test('leave a spec right', async () => {
    expect((await compileText(spec('', ''))).ok).toBe(true)
  })

  test.each([
    ['at the end of the line', '', ' # agentspec: ignore AS4007', 6],
    ['on the line above', '  # agentspec: ignore AS4007\n', '', 7],
    ['above, with other comments between', '  # agentspec: ignore AS4007\n  # it is for later\n', '', 8],
    ['among several codes', '', ' # agentspec: ignore AS4006, AS4007', 6],
  ])('are silenced there, and only there, by a comment %s', async (_what, before, behind, line) => {
    await expectDiagnostics(spec(before, behind), [unused('n', line)])
  })

  test.each([
    ['another code', '', ' # agentspec: ignore AS4006'],
    ['no code', '', ' # agentspec: ignore'],
    ['a text that looks like a comment', '', '\n  o: "# agentspec: ignore AS4007"'],
  ])('are not silenced by %s', async (_what, before, behind) => {
    const { diagnostics } = await compileText(spec(before, behind))
    expect(diagnostics[0]).toMatchObject({ code: 'AS4007', start: { line: 5 } })
  })

  test('only warnings: an error stays', async () => {
    await expectDiagnostics(
      'agentspec: 1\nname: demo\nagents:\n  a: { handoffs: [x] } # agentspec: ignore AS3001\n',
      ['4:19 AS3001 Unknown agent "x".'],
    )
  })
})

describe('a mistake in an anchor', () => {
  test('is told once, with the places that use it', async () => {
    const { diagnostics } = await compileText(`agentspec: 1
name: demo
entry: a
x-base: &base { model: mian, reset_tool_choice: 5 }
agents:
  a: { <<: *base, handoffs: [b, c] }
  b: *base
  c: *base
models: { main: openai/x }
`)
    expect(diagnostics.map(({ code, start }) => `${start.line}:${start.column} ${code}`)).toEqual([
      '4:24 AS3003',
      '4:49 AS2006',
    ])
    expect(diagnostics[1]?.related).toMatchObject([
      { message: 'used here', start: { line: 7, column: 6 } },
      { message: 'used here', start: { line: 8, column: 6 } },
    ])
  })
})
