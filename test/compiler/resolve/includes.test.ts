import { describe, expect, test } from 'vitest'
import { compileText, programOf } from '../../support/compile-text.ts'
import { expectDiagnostics, expectValid } from '../../support/expect-diagnostics.ts'

const root = 'agentspec: 1\nname: demo\nentry: triage\n'

describe('included files', () => {
  test('join their definitions, and may include on', async () => {
    const program = await programOf(`${root}include: [./shared/agents.yaml]
agents: { triage: { instructions: Help., handoffs: [billing] } }
=== shared/agents.yaml
agentspec: 1
include: [../models.yaml]
x-owner: support
agents: { billing: { instructions: { file: ./billing.md }, model: main } }
=== models.yaml
models: { main: openai/gpt-5.6-luna }
=== shared/billing.md
Explain.
`)
    expect(Object.keys(program.agents)).toEqual(['triage', 'billing'])
    expect(program.agents['billing']?.instructions).toEqual({
      file: 'shared/billing.md',
      template: 'Explain.\n',
    })
    expect(program.models['main']?.model).toBe('gpt-5.6-luna')
  })

  test('may bring every agent there is', async () => {
    await expectValid('agentspec: 1\nname: demo\ninclude: [./a.yaml]\n=== a.yaml\nagents: { triage: {} }\n')
  })

  test('that bring no agent either leave the spec without one', async () => {
    await expectDiagnostics('agentspec: 1\nname: demo\ninclude: [./a.yaml]\n=== a.yaml\nx-a: 1\n', [
      '1:1 AS3007 The spec declares no agent.',
    ])
  })

  test('are read once, however often they are included', async () => {
    await expectValid(`${root}include: [./a.yaml, ./b.yaml]
agents: { triage: { model: main } }
=== a.yaml
include: [./b.yaml]
=== b.yaml
models: { main: openai/gpt-5.6-luna }
`)
  })

  test('are known by the paths the spec was given by', async () => {
    const { files, sources } = await compileText(`${root}include: [./a/b.yaml]
agents: { triage: {} }
=== a/b.yaml
x-a: 1
`)
    expect(files).toEqual(['spec.yaml', 'a/b.yaml'])
    expect(Object.keys(sources)).toEqual(['spec.yaml', 'a/b.yaml'])
  })

  test('are named once and keep their place, even when an agent is told the spec itself', async () => {
    const { files, diagnostics } = await compileText(`${root}include: [./a.yaml]
agents: { triage: { instructions: { file: ./spec.yaml }, modl: x } }
=== a.yaml
agents: { billing: { modl: x } }
`)
    expect(files).toEqual(['spec.yaml', 'a.yaml'])
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    expect(errors.map(({ file }) => file)).toEqual(['spec.yaml', 'a.yaml'])
  })
})

describe('mistakes about includes', () => {
  test('a name twice is reported at the later place, with the first one', async () => {
    const { diagnostics } = await compileText(`${root}include: [./a.yaml, ./b.yaml]
agents: { triage: {} }
=== a.yaml
tools: { t: { type: web_search } }
=== b.yaml
tools: { t: { type: web_search } }
agents: { triage: {} }
`)
    expect(diagnostics.filter(({ code }) => code === 'AS3010')).toMatchObject([
      { file: 'b.yaml', start: { line: 1 }, related: [{ file: 'a.yaml', start: { line: 1, column: 10 } }] },
      { file: 'b.yaml', start: { line: 2 }, related: [{ file: 'spec.yaml', start: { line: 5 } }] },
    ])
  })

  test.each([
    [
      'itself',
      'include: [./spec.yaml]',
      '',
      ['4:11 AS3009 The includes form a circle: spec.yaml → spec.yaml.'],
    ],
    [
      'over another file',
      'include: [./a.yaml]',
      '=== a.yaml\ninclude: [./spec.yaml]\n',
      ['a.yaml:1:11 AS3009 The includes form a circle: spec.yaml → a.yaml → spec.yaml.'],
    ],
  ])('a circle: %s', async (_what, include, others, expected) => {
    await expectDiagnostics(`${root}${include}\nagents: { triage: {} }\n${others}`, expected)
  })

  test.each([
    ['a missing file', './nope.yaml', '4:11 AS3008 There is no file "./nope.yaml".'],
    [
      'a misspelt file',
      './shard.yaml',
      '4:11 AS3008 There is no file "./shard.yaml". Did you mean "./shared.yaml"?',
    ],
    ['a folder', './folder', '4:11 AS1010 Cannot read "./folder": it is not a file.'],
    ['above the folder', '../x.yaml', `4:11 AS3011 "../x.yaml" leads out of the spec's folder.`],
    [
      'above the folder, by a detour',
      './folder/../../x.yaml',
      `4:11 AS3011 "./folder/../../x.yaml" leads out of the spec's folder.`,
    ],
    ['an absolute path', '/etc/passwd', '4:11 AS3011 "/etc/passwd" is an absolute path.'],
    ['a URL', 'https://example.com/x.yaml', '4:11 AS3011 "https://example.com/x.yaml" is a URL, not a path.'],
    ['a file URL', 'file:///etc/passwd', '4:11 AS3011 "file:///etc/passwd" is a URL, not a path.'],
    ['a drive of Windows', 'C:\\x.yaml', '4:11 AS3011 "C:\\x.yaml" is a URL, not a path.'],
  ])('%s', async (_what, path, expected) => {
    const files = '=== shared.yaml\nx-a: 1\n=== folder/file.yaml\nx-a: 1\n'
    await expectDiagnostics(
      `${root}include: ["${path.replace('\\', '\\\\')}"]\nagents: { triage: {} }\n${files}`,
      [expected],
    )
  })

  test('names are not judged while an included file is missing: it may declare them', async () => {
    await expectDiagnostics(
      `${root}include: [./nope.yaml]\nagents: { triage: { model: main, handoffs: [billing] } }\n`,
      ['4:11 AS3008 There is no file "./nope.yaml".'],
    )
  })

  test('a syntax error in an included file leaves only syntax diagnostics', async () => {
    await expectDiagnostics(
      `${root}include: [./a.yaml]\nagents: { triage: { model: nope } }\n=== a.yaml\nb: @x\n`,
      ['a.yaml:1:4 AS1004 A value that starts with @ must be in quotes.'],
    )
  })

  test('also when other files have mistakes of other kinds', async () => {
    await expectDiagnostics(`${root}include: [./nope.yaml, ./a.yaml]\nagents: {}\n=== a.yaml\nb: @x\n`, [
      'a.yaml:1:4 AS1004 A value that starts with @ must be in quotes.',
    ])
  })

  test('keys that only the root spec may have', async () => {
    const { diagnostics } = await compileText(
      `${root}include: [./a.yaml]\nagents: { triage: {} }\n=== a.yaml\nname: no\nrun: {}\n`,
    )
    expect(diagnostics.map(({ file, code, start }) => [file, code, start.line])).toEqual([
      ['a.yaml', 'AS2002', 1],
      ['a.yaml', 'AS2002', 2],
    ])
  })

  test('mistakes are sorted by file in reading order, then by place', async () => {
    const { diagnostics } = await compileText(`${root}include: [./z.yaml, ./a.yaml]
agents: { triage: { modl: x, mdel: y } }
=== z.yaml
agents: { z: { modl: x } }
=== a.yaml
agents: { a: { modl: x } }
`)
    const errors = diagnostics.filter(({ severity }) => severity === 'error')
    expect(errors.map(({ file, start }) => `${file}:${start.column}`)).toEqual([
      'spec.yaml:21',
      'spec.yaml:30',
      'z.yaml:16',
      'a.yaml:16',
    ])
  })
})
