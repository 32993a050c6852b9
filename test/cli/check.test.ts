/** `check`, `compile` and `schema`: specs without a run. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HELLO, SHOP, TOOLS } from '../support/cli-specs.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const BAD = HELLO.replace('model: main,', 'model: mian,')
const WARNED = HELLO.replace('agents:', 'agents:\n  lonely: { model: main, instructions: Nobody. }').replace(
  'version: 0.1.0',
  'version: 0.1.0\nentry: greeter',
)

describe('check', () => {
  test('says that a good spec is good', async () => {
    using folder = createWorkspace({ 'good.yaml': HELLO })
    expect(await runCommand(['check', 'good.yaml'], { cwd: folder.path })).toMatchObject({
      code: 0,
      stdout: 'ok: 1 file, nothing to complain about\n',
      stderr: '',
    })
  })

  test('shows every mistake of all its files with its place on stdout, and exits 2', async () => {
    using folder = createWorkspace({ 'specs/bad.yaml': BAD, 'good.yaml': HELLO })
    const { code, stdout } = await runCommand(['check', 'specs/bad.yaml', 'good.yaml', 'none.yaml'], {
      cwd: folder.path,
    })
    expect(code).toBe(2)
    expect(stdout).toContain('specs/bad.yaml:7:21 error AS3003: Unknown model "mian". Did you mean "main"?\n')
    expect(stdout).toContain(
      '> 7 |   greeter: { model: mian, instructions: Greet. }\n    |                     ^^^^\n',
    )
    expect(stdout).toContain('none.yaml:1:1 error AS1027: There is no file "none.yaml".\n')
    expect(stdout.endsWith('\n2 errors in 3 files\n')).toBe(true)
  })

  test('checks test files among the specs against the specs that they test', async () => {
    const tests =
      'spec: good.yaml\ntests:\n  - { name: hello, agent: greter, input: Hi, model: [{ text: Hi }] }\n'
    using folder = createWorkspace({
      'good.yaml': HELLO,
      'good.test.yaml': tests,
      'lost.test.yaml': 'spec: no.yaml\n',
    })
    const { code, stdout, stderr } = await runCommand(
      ['check', 'good.yaml', 'good.test.yaml', 'lost.test.yaml'],
      {
        cwd: folder.path,
      },
    )
    expect(code).toBe(2)
    expect(stdout).toContain(
      'good.test.yaml:3:27 error AS3001: Unknown agent "greter". Did you mean "greeter"?',
    )
    expect(stdout).toContain('lost.test.yaml:1:7 error AS3008')
    expect(stdout.endsWith('\n2 errors in 3 files\n')).toBe(true)
    expect(stderr).toBe('')
  })

  test('says that an included file is checked with the spec that includes it', async () => {
    using folder = createWorkspace({ 'part.yaml': 'agents: { clerk: { instructions: Help. } }\n' })
    const { code, stdout } = await runCommand(['check', 'part.yaml'], { cwd: folder.path })
    expect(code).toBe(2)
    expect(stdout).toContain('hint: A file that another spec includes is checked together with that spec.')
  })

  test('prints the object of the contract as JSON', async () => {
    using folder = createWorkspace({ 'bad.yaml': BAD })
    const { code, json, stderr } = await runCommand(['check', 'bad.yaml', '--format', 'json'], {
      cwd: folder.path,
    })
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
    expect(json).toMatchObject({
      ok: false,
      files: ['bad.yaml'],
      errors: 1,
      warnings: 0,
      diagnostics: [
        {
          code: 'AS3003',
          severity: 'error',
          file: 'bad.yaml',
          start: { line: 7, column: 21, offset: BAD.indexOf('mian') },
          end: { line: 7, column: 25, offset: BAD.indexOf('mian') + 4 },
          pointer: '/agents/greeter/model',
          fix: { edits: [{ start: BAD.indexOf('mian'), end: BAD.indexOf('mian') + 4, text: 'main' }] },
        },
      ],
    })
    expect(await runCommand(['check', 'bad.yaml', '--json'], { cwd: folder.path })).toMatchObject({
      code: 2,
      json,
    })
  })

  test('speaks to GitHub', async () => {
    using folder = createWorkspace({ 'bad.yaml': BAD })
    const { stdout } = await runCommand(['check', 'bad.yaml', '--format', 'github'], { cwd: folder.path })
    expect(stdout).toMatch(
      /^::error title=AS3003,file=bad\.yaml,line=7,endLine=7,col=21,endColumn=25::Unknown model/,
    )
  })

  test('lets warnings pass, unless it is strict', async () => {
    using folder = createWorkspace({ 'warned.yaml': WARNED })
    const lenient = await runCommand(['check', 'warned.yaml', '--json'], { cwd: folder.path })
    expect(lenient).toMatchObject({ code: 0, json: { ok: true, errors: 0, warnings: 1 } })
    const strict = await runCommand(['check', 'warned.yaml', '--json', '--strict'], { cwd: folder.path })
    expect(strict).toMatchObject({ code: 2, json: { ok: false, errors: 0, warnings: 1 } })
    expect(strict.json).toMatchObject({ diagnostics: [{ severity: 'warning' }] })
    const env = { AGENTSPEC_STRICT: '1' }
    expect((await runCommand(['check', 'warned.yaml'], { cwd: folder.path, env })).code).toBe(2)
  })

  test('warns of a required variable that neither the environment nor .env sets', async () => {
    const spec = HELLO.replace('provider: scripted,', 'provider: scripted, api_key: "${LLM_KEY:?say it}",')
    using folder = createWorkspace({ 'a.yaml': spec, 'other.env': 'LLM_KEY=12345678' })
    const check = (flags: readonly string[], env = {}): ReturnType<typeof runCommand> =>
      runCommand(['check', 'a.yaml', '--json', ...flags], { cwd: folder.path, env })
    expect(await check([])).toMatchObject({ code: 0, json: { ok: true, warnings: 1 } })
    expect(await check([], { LLM_KEY: '12345678' })).toMatchObject({ json: { warnings: 0 } })
    expect(await check(['--env-file', 'other.env'])).toMatchObject({ json: { warnings: 0 } })
    folder.write('.env', 'LLM_KEY=12345678')
    expect(await check([])).toMatchObject({ json: { warnings: 0 } })
    // By its variable: Node itself looks at `--env-file` on the command line, and ends when there is no such file.
    expect(await check([], { AGENTSPEC_ENV_FILE: 'none.env' })).toMatchObject({
      code: 2,
      json: { error: { code: 'file_not_found' } },
    })
  })

  test('colours the frames on demand only', async () => {
    using folder = createWorkspace({ 'bad.yaml': BAD })
    const colored = await runCommand(['check', 'bad.yaml'], { cwd: folder.path, env: { FORCE_COLOR: '1' } })
    expect(colored.stdout).toContain('\u001b[31m')
    const flags = ['check', 'bad.yaml', '--no-color']
    const plain = await runCommand(flags, { cwd: folder.path, env: { FORCE_COLOR: '1' } })
    expect(plain.stdout).not.toContain('\u001b')
  })
})

describe('compile', () => {
  const files = { 'shop.yaml': SHOP, 'tools.ts': TOOLS }

  test('prints the Program, and its identity', async () => {
    using folder = createWorkspace(files)
    const { stdout, json } = await runCommand(['compile', 'shop.yaml'], { cwd: folder.path })
    expect(json).toMatchObject({
      name: 'shop',
      version: '1.0.0',
      entry: 'desk',
      modules: { 'tools.ts': { source: TOOLS } },
    })
    expect(stdout.split('\n').length).toBeGreaterThan(20)
    const canonical = await runCommand(['compile', 'shop.yaml', '--canonical'], { cwd: folder.path })
    expect(canonical.json).toEqual(json)
    expect(canonical.stdout.endsWith('\n')).toBe(false)
    const hash = `sha256:${createHash('sha256').update(canonical.stdout).digest('hex')}`
    expect((await runCommand(['compile', 'shop.yaml', '--hash'], { cwd: folder.path })).stdout).toBe(
      `${hash}\n`,
    )
    expect(
      (await runCommand(['compile', 'shop.yaml', '--hash', '--json'], { cwd: folder.path })).json,
    ).toEqual({ hash })
  })

  test('writes to a file', async () => {
    using folder = createWorkspace(files)
    const { stdout } = await runCommand(['compile', 'shop.yaml', '--canonical'], { cwd: folder.path })
    const written = await runCommand(['compile', 'shop.yaml', '--canonical', '--out', 'p.json'], {
      cwd: folder.path,
    })
    expect(written).toMatchObject({ code: 0, stdout: '', stderr: 'p.json is written\n' })
    expect(readFileSync(join(folder.path, 'p.json'), 'utf8')).toBe(stdout)
    const failed = await runCommand(['compile', 'shop.yaml', '--out', 'no/p.json'], { cwd: folder.path })
    expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining('no/p.json cannot be written') })
  })

  test('prints nothing of a spec with errors but the errors, on stderr', async () => {
    using folder = createWorkspace({ 'bad.yaml': BAD })
    const { code, stdout, stderr } = await runCommand(['compile', 'bad.yaml'], { cwd: folder.path })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('bad.yaml:7:21 error AS3003')
    expect(stderr).toContain('error: bad.yaml is not a valid spec: 1 error in 1 file')
  })
})

test('schema prints the schema of specs', async () => {
  using folder = createWorkspace()
  const schema = readFileSync(new URL('../../schemas/agentspec.v1.schema.json', import.meta.url), 'utf8')
  expect((await runCommand(['schema'], { cwd: folder.path })).stdout).toBe(schema)
  expect((await runCommand(['schema', 'spec'], { cwd: folder.path })).stdout).toBe(schema)
  expect(await runCommand(['schema', 'spce'], { cwd: folder.path })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Did you mean "spec"?'),
  })
})
