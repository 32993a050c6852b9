import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileFile } from '../../src/compiler/compile.ts'
import { renderDiagnostic } from '../support/compile-text.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agentspec-loader-'))
  await mkdir(join(folder, 'specs/sub'), { recursive: true })
  await writeFile(join(folder, 'outside.md'), 'secret')
  await writeFile(join(folder, 'specs/hello.md'), 'Hello.')
  await symlink(join(folder, 'outside.md'), join(folder, 'specs/link-out.md'))
  await symlink(join(folder, 'specs/hello.md'), join(folder, 'specs/link-in.md'))
  await symlink(folder, join(folder, 'specs/folder-out'))
  await symlink(join(folder, 'specs/loop.md'), join(folder, 'specs/loop.md'))
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function compileWith(name: string, text: string | Uint8Array): Promise<readonly string[]> {
  const path = join(folder, 'specs', name)
  await writeFile(path, text)
  const { diagnostics } = await compileFile(path)
  return diagnostics.map((diagnostic) => renderDiagnostic(diagnostic).replace(`${folder}/specs/`, ''))
}

const withFile = (file: string): string =>
  `agentspec: 1\nname: demo\nagents:\n  a: { instructions: { file: ${file} } }\n`

describe('files of a spec', () => {
  test.each([
    ['inside the folder', './hello.md'],
    ['by a link that stays inside', './link-in.md'],
    ['by a detour', './sub/../hello.md'],
  ])('can be read %s', async (_what, file) => {
    expect(await compileWith('a.yaml', withFile(file))).toEqual([])
  })

  test.each([
    [
      'by a link that leads out',
      './link-out.md',
      `AS3011 "./link-out.md" is a link that leads out of the spec's folder.`,
    ],
    [
      'through a linked folder',
      './folder-out/outside.md',
      `AS3011 "./folder-out/outside.md" is a link that leads out of the spec's folder.`,
    ],
    ['that are folders', './sub', 'AS1010 Cannot read "./sub": it is not a file.'],
    ['that are links to themselves', './loop.md', 'AS1010 Cannot read "./loop.md": reading it failed.'],
    ['below a file', './hello.md/x', 'AS3008 There is no file "./hello.md/x".'],
    ['with a name too long', `./${'x'.repeat(300)}`, `AS3008 There is no file "./${'x'.repeat(300)}".`],
  ])('cannot be read %s', async (_what, file, expected) => {
    expect(await compileWith('a.yaml', withFile(file))).toEqual([`a.yaml:4:30 error ${expected}`])
  })

  test('that are not UTF-8, or too large', async () => {
    await writeFile(join(folder, 'specs/latin.md'), new Uint8Array([0x66, 0xfc, 0x72]))
    await writeFile(join(folder, 'specs/large.md'), 'x'.repeat(4 * 1024 * 1024 + 1))
    expect(await compileWith('a.yaml', withFile('./latin.md'))).toEqual([
      'a.yaml:4:30 error AS1010 Cannot read "./latin.md": its text is not UTF-8.',
    ])
    expect(await compileWith('a.yaml', withFile('./large.md'))).toEqual([
      'a.yaml:4:30 error AS1011 "./large.md" is larger than 4 MiB, the most a file may have.',
    ])
  })
})

describe('the spec itself', () => {
  test('that is missing is a diagnostic, under the name it was given by', async () => {
    const result = await compileFile('no/such/spec.yaml')
    expect(result.ok).toBe(false)
    expect(result.diagnostics.map(renderDiagnostic)).toEqual([
      'no/such/spec.yaml:1:1 error AS1027 There is no file "no/such/spec.yaml".',
    ])
  })

  test('that is a folder, too', async () => {
    const { diagnostics } = await compileFile(join(folder, 'specs'))
    expect(diagnostics.map(({ code }) => code)).toEqual(['AS1010'])
  })

  test('that is too large, or not UTF-8', async () => {
    expect(await compileWith('b.yaml', 'x'.repeat(4 * 1024 * 1024 + 1))).toMatchObject([
      expect.stringContaining('AS1011'),
    ])
    expect(await compileWith('b.yaml', new Uint8Array([0xff, 0xfe, 0x61, 0]))).toMatchObject([
      expect.stringContaining('AS1010'),
    ])
  })

  test('may be a link to elsewhere: the folder is that of the link', async () => {
    await writeFile(join(folder, 'linked.yaml'), withFile('./hello.md'))
    await symlink(join(folder, 'linked.yaml'), join(folder, 'specs/linked.yaml'))
    const { diagnostics } = await compileFile(join(folder, 'specs/linked.yaml'))
    expect(diagnostics).toEqual([])
  })

  test('and its includes are called relative to what the user wrote', async () => {
    await writeFile(join(folder, 'specs/root.yaml'), 'agentspec: 1\nname: demo\ninclude: [./sub/more.yaml]\n')
    await writeFile(join(folder, 'specs/sub/more.yaml'), 'agents: { a: { modl: x } }\n')
    const { diagnostics, baseDir } = await compileFile(join(folder, 'specs/root.yaml'))
    expect(diagnostics.map(({ file }) => file)).toEqual([join(folder, 'specs/sub/more.yaml')])
    expect(baseDir).toBe(join(folder, 'specs'))
  })
})
