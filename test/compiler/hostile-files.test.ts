/** What a spec may not do to the machine it is read on: each attempt is a diagnostic with its place. */
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileFile } from '../../src/compiler/compile.ts'
import { renderDiagnostic } from '../support/compile-text.ts'
import { expectDiagnostics } from '../support/expect-diagnostics.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agentspec-hostile-'))
  const spec = join(folder, 'spec')
  await mkdir(spec)
  await writeFile(join(folder, 'outside.ts'), 'export const t = () => 1\n')
  await symlink(join(folder, 'outside.ts'), join(spec, 'link.ts'))
  await symlink(folder, join(spec, 'up'))
  await writeFile(join(spec, 'imports.ts'), "import './link.ts'\nexport const t = () => 1\n")
  execFileSync('mkfifo', [join(spec, 'pipe.md'), join(spec, 'pipe.ts'), join(spec, 'pipe.yaml')])
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function findings(text: string): Promise<readonly string[]> {
  const path = join(folder, 'spec', 'spec.yaml')
  await writeFile(path, text)
  const { ok, diagnostics } = await compileFile(path)
  expect(ok).toBe(false)
  return diagnostics.map((diagnostic) => renderDiagnostic(diagnostic).replace(`${folder}/spec/`, ''))
}

const withHandler = (handler: string): string =>
  `agentspec: 1\nname: demo\nagents: { a: { tools: [t] } }\ntools: { t: { type: function, description: T, handler: "${handler}" } }\n`

describe('a handler', () => {
  test.each([
    [
      'in a link that leads out',
      './link.ts#t',
      `AS3011 "./link.ts" is a link that leads out of the spec's folder.`,
    ],
    [
      'behind a linked folder',
      './up/outside.ts#t',
      `AS3011 "./up/outside.ts" is a link that leads out of the spec's folder.`,
    ],
    [
      'above the folder, by a detour',
      './x/../../outside.ts#t',
      `AS3011 "./x/../../outside.ts" leads out of the spec's folder.`,
    ],
    ['at an absolute path', '/etc/x.ts#t', 'AS3011 "/etc/x.ts" is an absolute path.'],
    ['at a share of Windows', '\\\\\\\\host\\\\x.ts#t', 'AS3011 "\\\\host\\x.ts" is an absolute path.'],
    [
      'at a web address',
      'https://example.com/x.ts#t',
      'AS3011 "https://example.com/x.ts" is a URL, not a path.',
    ],
    ['at a file URL', 'file:///etc/x.ts#t', 'AS3011 "file:///etc/x.ts" is a URL, not a path.'],
    ['in a data URL', 'data:text/javascript,1#t', 'AS3011 "data:text/javascript,1" is a URL, not a path.'],
    [
      'in a module of Node',
      'node:child_process#execSync',
      'AS3011 "node:child_process" is a URL, not a path.',
    ],
    ['in a pipe', './pipe.ts#t', 'AS1010 Cannot read "./pipe.ts": it is not a file.'],
  ])('%s', async (_what, handler, expected) => {
    expect(await findings(withHandler(handler))).toEqual([`spec.yaml:4:56 error ${expected}`])
  })

  test('whose module imports a link that leads out', async () => {
    expect(await findings(withHandler('./imports.ts#t'))).toEqual([
      `imports.ts:1:9 error AS3015 The import "./link.ts" is a link that leads out of the spec's folder.`,
    ])
  })
})

describe('a pipe, which would never be read to its end', () => {
  test.each([
    ['instructions', 'agents: { a: { instructions: { file: ./pipe.md } } }', '3:38', './pipe.md'],
    ['an include', 'include: [./pipe.yaml]\nagents: { a: {} }', '3:11', './pipe.yaml'],
  ])('as %s', async (_what, lines, place, path) => {
    expect(await findings(`agentspec: 1\nname: demo\n${lines}\n`)).toEqual([
      `spec.yaml:${place} error AS1010 Cannot read "${path}": it is not a file.`,
    ])
  })
})

describe('limits are told with the place where they are passed', () => {
  const head = 'agentspec: 1\nname: demo\nagents: { a: {} }\n'
  const laughs = Array.from({ length: 9 }, (_, level) =>
    level === 0
      ? '  - &l0 x'
      : `  - &l${level} [${Array.from({ length: 10 }, () => `*l${level - 1}`).join(', ')}]`,
  )

  test.each([
    [
      'depth',
      `x-a: ${'['.repeat(70)}${']'.repeat(70)}`,
      '4:69 AS1012 Maps and lists are nested more than 64 deep here.',
    ],
    [
      'aliases',
      `x-a:\n${laughs.join('\n')}`,
      '7:50 AS1013 The anchor "l1" is repeated by too many aliases: a document may unfold 100 aliases, and 16 MiB in all.',
    ],
    ['an unknown tag', 'x-a: !!js/function "x"', '4:6 AS1021 The YAML tag "!!js/function" is not supported.'],
    [
      'a second document',
      '---\nx-a: 1',
      '4:1 AS1014 A file holds one YAML document; a second one starts here.',
    ],
    [
      'a prototype key',
      'x-a: { __proto__: { admin: true } }',
      '4:8 AS1022 "__proto__" cannot be a key: it has a meaning of its own in JavaScript.',
    ],
    ['an anchor inside itself', 'x-a: &a [*a]', '4:10 AS1017 The alias stands inside its own anchor "&a".'],
  ])('%s', async (_what, line, expected) => {
    await expectDiagnostics(head + line, [expected])
  })
})
