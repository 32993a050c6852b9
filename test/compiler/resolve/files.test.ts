import { describe, expect, test } from 'vitest'
import { compileText, programOf } from '../../support/compile-text.ts'
import { expectDiagnostics } from '../../support/expect-diagnostics.ts'

const spec = (agent: string, rest = ''): string =>
  `agentspec: 1\nname: demo\nagents:\n  triage: ${agent}\n${rest}`

describe('files', () => {
  test('the text of instructions is kept byte by byte', async () => {
    const program = await programOf(spec('{ instructions: { file: ./t.md } }', '=== t.md\n\n  ${X} \r\n\n'))
    expect(program.agents['triage']?.instructions).toEqual({ file: 't.md', template: '\n  ${X} \r\n\n' })
  })

  test.each([
    ['JSON', 'o.json', '{ "type": "object", "properties": { "a": { "type": "string" } } }'],
    ['YAML', 'o.yaml', 'type: object\nproperties: { a: { type: string } }\n'],
  ])('a schema is inlined: %s', async (_what, name, text) => {
    const program = await programOf(
      spec(`{ output: { schema: { file: ./${name} } } }`, `=== ${name}\n${text}`),
    )
    expect(program.agents['triage']?.output?.schema).toEqual({
      type: 'object',
      properties: { a: { type: 'string' } },
    })
  })

  test('a mistake in a schema file is reported in that file', async () => {
    const text = spec(
      '{ output: { schema: { file: ./o.json } } }',
      '=== o.json\n{\n  "type": "object",\n  "required": "a"\n}\n',
    )
    await expectDiagnostics(text, [
      'o.json:3:15 AS4014 The JSON Schema is not valid: required: expected a list, got the text "a".',
    ])
  })

  test('a file that is named twice is read once, and its mistakes are told once', async () => {
    const text = `agentspec: 1
name: demo
agents:
  triage: { output: { schema: { file: ./o.yaml } }, tools: [t] }
tools:
  t: { type: function, description: T, handler: ./t.ts#t, parameters: { file: ./o.yaml } }
=== o.yaml
type: @x
=== t.ts
export const t = 1
`
    await expectDiagnostics(text, ['o.yaml:1:7 AS1004 A value that starts with @ must be in quotes.'])
  })

  test.each([
    ['missing', './n.md', '4:35 AS3008 There is no file "./n.md".'],
    ['above the folder', '../t.md', `4:35 AS3011 "../t.md" leads out of the spec's folder.`],
    ['absolute', '/t.md', '4:35 AS3011 "/t.md" is an absolute path.'],
    ['a URL', 'data:text/plain,x', '4:35 AS3011 "data:text/plain,x" is a URL, not a path.'],
  ])('a file that is %s', async (_what, path, expected) => {
    await expectDiagnostics(spec(`{ instructions: { file: "${path}" } }`), [expected])
  })

  test('a misspelt file can be fixed', async () => {
    const { diagnostics } = await compileText(
      spec("{ instructions: { file: './triag.md' } }", '=== triage.md\nHi\n'),
    )
    expect(diagnostics[0]).toMatchObject({ code: 'AS3008', fix: { edits: [{ text: "'./triage.md'" }] } })
  })

  test('paths are relative to the file that names them', async () => {
    await expectDiagnostics(
      `agentspec: 1
name: demo
include: [./sub/a.yaml]
=== sub/a.yaml
agents: { a: { instructions: { file: ./a.md }, tools: [{ type: function, name: t, description: T, handler: ../t.ts#t }] } }
=== sub/a.md
Hi
=== t.ts
export const t = () => 1
`,
      [],
    )
  })
})
