/** `init`: what it writes works at once, and nothing is ever overwritten. */
import { readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'
import { root } from '../../scripts/entries.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const NAMES = ['agent.test.yaml', 'agent.yaml', 'tools.ts']

function read(folder: string, name: string): string {
  return readFileSync(join(folder, name), 'utf8')
}

/** The path of the schema in the first line of a file. */
function schemaOf(text: string): string | undefined {
  return /^# yaml-language-server: \$schema=(\S+)\n/.exec(text)?.[1]
}

describe('the spec', () => {
  test('checks clean, runs offline to a pause, and to its end once a person agrees', async () => {
    using folder = createWorkspace()
    const written = await runCommand(['init', 'desk'], { cwd: folder.path })
    expect(written).toMatchObject({ code: 0, stderr: '' })
    const cwd = join(folder.path, 'desk')
    expect(readdirSync(cwd).toSorted()).toEqual(NAMES)
    const next = [...written.stdout.matchAll(/^ {2}(.+)$/gm)].map(([, line]) => line)
    expect(next).toEqual([
      'cd desk',
      'agentspec check agent.yaml',
      'agentspec test',
      'agentspec run agent.yaml "Pay invoice 42"',
    ])

    const checked = await runCommand(['check', 'agent.yaml', '--strict', '--format', 'json'], { cwd })
    expect(checked).toMatchObject({ code: 0, json: { ok: true, diagnostics: [] } })
    expect(await runCommand(['test', '--json'], { cwd })).toMatchObject({
      code: 0,
      json: { passed: 4, failed: 0 },
    })
    const paused = await runCommand(['run', 'agent.yaml', 'Pay invoice 42', '--json'], { cwd })
    expect(paused).toMatchObject({
      code: 4,
      json: {
        status: 'paused',
        spec: { name: 'desk', version: '0.1.0' },
        interruptions: [{ tool: 'pay_invoice', arguments: { invoice: 42, amount: 250 } }],
      },
    })
    const done = await runCommand(['approve', 'latest', '--resume', '--json'], { cwd })
    expect(done).toMatchObject({ code: 0, json: { status: 'completed' } })
    const shown = await runCommand(['show', 'latest', '--json'], { cwd })
    expect(JSON.stringify(shown.json)).toContain(String.raw`{\"paid\":42,\"amount\":250}`)
  })

  test('asks and allows as the policies of its test file say', async () => {
    using folder = createWorkspace()
    await runCommand(['init'], { cwd: folder.path })
    const tests = parse(read(folder.path, 'agent.test.yaml')) as {
      spec: string
      tests: { name: string; steps: object[] }[]
      policies: { agent: string; tool: string; args: object; expect: string }[]
    }
    expect(tests.spec).toBe('./agent.yaml')
    expect(tests.tests.map(({ steps }) => steps.map((step) => Object.keys(step).join()))).toEqual([
      ['expect', 'approve', 'expect'],
      ['reject', 'expect'],
    ])
    expect(tests.policies.map((policy) => policy.expect)).toEqual(['allow', 'ask'])
    for (const { agent, tool, args, expect: decision } of tests.policies) {
      const words = [
        'explain',
        'agent.yaml',
        '--agent',
        agent,
        '--tool',
        tool,
        '--args',
        JSON.stringify(args),
      ]
      const { json } = await runCommand([...words, '--json'], { cwd: folder.path })
      expect(json).toMatchObject({ decision })
    }
  })

  test.for([
    ['My Ägent 1', 'my-agent-1'],
    ['true', 'true'],
    ['007', '007'],
    ['…', 'my-agent'],
    ['a/b/deep', 'deep'],
  ] as const)('in the folder %s is called %s', async ([dir, name]) => {
    using folder = createWorkspace()
    expect(await runCommand(['init', dir], { cwd: folder.path })).toMatchObject({ code: 0 })
    expect(parse(read(folder.path, join(dir, 'agent.yaml')))).toMatchObject({ agentspec: 1, name })
  })
})

describe('the schema named in the first line', () => {
  test('is that of the package that runs', async () => {
    using folder = createWorkspace()
    await runCommand(['init', 'a b/c'], { cwd: folder.path })
    const cwd = join(folder.path, 'a b/c')
    const schema = schemaOf(read(cwd, 'agent.yaml')) ?? ''
    expect(resolve(cwd, schema)).toBe(join(root, 'schemas/agentspec.v1.schema.json'))
  })

  test('is that of the package in the project, when it has one', async () => {
    using folder = createWorkspace({
      'node_modules/agentspec/schemas/agentspec.v1.schema.json': '{}',
      'node_modules/agentspec/schemas/test.v1.schema.json': '{}',
    })
    await runCommand(['init'], { cwd: folder.path })
    await runCommand(['init', 'specs/desk'], { cwd: folder.path })
    const here = 'node_modules/agentspec/schemas'
    expect(schemaOf(read(folder.path, 'agent.yaml'))).toBe(`./${here}/agentspec.v1.schema.json`)
    expect(schemaOf(read(folder.path, 'agent.test.yaml'))).toBe(`./${here}/test.v1.schema.json`)
    expect(schemaOf(read(folder.path, 'specs/desk/agent.yaml'))).toBe(
      `../../${here}/agentspec.v1.schema.json`,
    )
  })

  test('has no space in it, which would end it', async () => {
    using folder = createWorkspace({ 'x y/node_modules/agentspec/schemas/agentspec.v1.schema.json': '{}' })
    await runCommand(['init', 'x y/specs'], { cwd: folder.path })
    expect(schemaOf(read(folder.path, 'x y/specs/agent.yaml'))).toBe(
      '../node_modules/agentspec/schemas/agentspec.v1.schema.json',
    )
  })
})

describe('what is there already', () => {
  test.for(NAMES)('is never overwritten: %s', async (name) => {
    using folder = createWorkspace({ [`desk/${name}`]: 'mine' })
    const result = await runCommand(['init', 'desk', '--json'], { cwd: folder.path })
    expect(result).toMatchObject({ code: 2, json: { error: { code: 'file_exists' } } })
    expect(result.stderr).toContain(`error: desk/${name} exists already; nothing was written\n`)
    expect(readdirSync(join(folder.path, 'desk'))).toEqual([name])
    expect(read(folder.path, `desk/${name}`)).toBe('mine')
  })

  test('is named, all of it; links to nowhere are there, too', async () => {
    using folder = createWorkspace({ 'tools.ts': 'mine' })
    symlinkSync('nowhere', join(folder.path, 'agent.yaml'))
    const { code, stderr } = await runCommand(['init'], { cwd: folder.path })
    expect(code).toBe(2)
    expect(stderr).toContain('agent.yaml, tools.ts exist already; nothing was written')
    expect(readdirSync(folder.path).toSorted()).toEqual(['agent.yaml', 'tools.ts'])
  })

  test('may be other files', async () => {
    using folder = createWorkspace({ 'README.md': 'mine' })
    const { code, json } = await runCommand(['init', '--json'], { cwd: folder.path })
    expect({ code, json }).toEqual({
      code: 0,
      json: { files: ['agent.yaml', 'tools.ts', 'agent.test.yaml'] },
    })
    expect(read(folder.path, 'README.md')).toBe('mine')
  })

  test('is a file in the place of the folder: exit 2', async () => {
    using folder = createWorkspace({ desk: 'mine' })
    for (const dir of ['desk', 'desk/inside']) {
      const result = await runCommand(['init', dir], { cwd: folder.path })
      expect(result).toMatchObject({ code: 2, stdout: '' })
      expect(result.stderr).toContain(`error: ${dir} is not a folder\n`)
    }
  })
})

test('the written files are named from where one stands', async () => {
  using folder = createWorkspace()
  const { json } = await runCommand(['init', './a/b', '--json'], { cwd: folder.path })
  expect(json).toEqual({ files: ['a/b/agent.yaml', 'a/b/tools.ts', 'a/b/agent.test.yaml'] })
})
