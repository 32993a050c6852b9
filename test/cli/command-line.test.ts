/** The words of a command line: help, versions, mistakes, and how every failure is told. */
import { readdirSync, readFileSync } from 'node:fs'
import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { COMMANDS, PLANNED_COMMANDS } from '../../src/cli/command-table.ts'
import { HELLO } from '../support/cli-specs.ts'
import { startCommand } from '../support/live-command.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const packageJson: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

describe('help', () => {
  test('lists every command that exists, and none that does not', async () => {
    using folder = createWorkspace()
    const { code, stdout, stderr } = await runCommand(['--help'], { cwd: folder.path })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const listed = [...(stdout.split('Commands:\n')[1] ?? '').matchAll(/^ {2}(\w+) /gm)].map(
      ([, name]) => name,
    )
    expect(listed).toEqual([...COMMANDS.map(({ name }) => name), 'help'])
    for (const name of PLANNED_COMMANDS) expect(listed).not.toContain(name)
  })

  test.for(COMMANDS.map(({ name }) => name))('of %s has a description and an example', async (name) => {
    using folder = createWorkspace()
    const { code, stdout } = await runCommand([name, '--help'], { cwd: folder.path })
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`^Usage: agentspec ${name} .*\\n\\n[A-Z][^]*?\\.\\n`))
    expect(stdout).toContain(`  $ agentspec ${name}`)
    expect(await runCommand(['help', name], { cwd: folder.path })).toMatchObject({ code: 0, stdout })
  })

  test('of a command below another one has an example, too', async () => {
    const without: string[] = []
    for (const { name, load } of COMMANDS) {
      const command = new Command(name)
      const define = await load()
      define(command, () => {})
      for (const sub of command.commands) {
        let help = ''
        sub.configureOutput({ writeOut: (text) => void (help += text) }).outputHelp()
        if (!help.includes(`  $ agentspec ${name} ${sub.name()}`)) without.push(`${name} ${sub.name()}`)
      }
    }
    expect(without).toEqual([])
  })

  test('goes to stderr with exit 2 when there is no command', async () => {
    using folder = createWorkspace()
    const { code, stdout, stderr } = await runCommand([], { cwd: folder.path })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('Usage: agentspec')
  })

  test('names the variable that a flag mirrors', async () => {
    using folder = createWorkspace()
    const { stdout } = await runCommand(['run', '--help'], { cwd: folder.path, env: { COLUMNS: '200' } })
    expect(stdout).toContain('AGENTSPEC_MAX_TURNS')
    expect(stdout).toContain('AGENTSPEC_STORE')
  })
})

test('the version is that of the package', async () => {
  using folder = createWorkspace()
  const result = await runCommand(['--version'], { cwd: folder.path })
  expect(packageJson).toMatchObject({ version: result.stdout.trim() })
})

describe('a mistake in the command line exits 2 and says what to do', () => {
  test.for([
    [['chek', 'x.yaml'], "unknown command 'chek'", 'Did you mean check?'],
    [['run', 'x.yaml', '--approval', 'ask'], "unknown option '--approval'", 'Did you mean --approvals?'],
    [['--jsno', 'run', 'x.yaml'], "unknown option '--jsno'", 'Did you mean --json?'],
    [['run'], "missing required argument 'spec'", 'agentspec run --help'],
    [['cancel', 'a', 'b'], 'too many arguments', 'agentspec cancel --help'],
    [['run', 'x.yaml', '--session'], 'argument missing', 'agentspec run --help'],
    [
      ['run', 'x.yaml', 'hi', '--approvals', 'alow'],
      '--approvals cannot be "alow". Did you mean "allow"?',
      'one of',
    ],
    [['run', 'x.yaml', 'hi', '--max-turns', '0'], '--max-turns cannot be "0"', 'at least 1'],
    [['run', 'x.yaml', 'hi', '--context', '[]'], '--context must be a JSON object', ''],
    [['run', 'x.yaml', 'hi', '--base', './none'], '--base: there is no folder ./none', ''],
    [['check', 'x.yaml', '--format', 'jsn'], '--format cannot be "jsn". Did you mean "json"?', ''],
    [['approve', 'x', 'call', '--all'], '--all and a list of calls contradict each other', ''],
    [['runs', '--status', 'done'], '--status cannot be "done"', 'completed'],
    [['runs', 'prune'], "required option '--older-than <duration>' not specified", ''],
    [['state'], 'Which command?', 'agentspec state --help'],
  ] as const)('%j', async ([words, message, hint]) => {
    using folder = createWorkspace({ 'x.yaml': HELLO })
    const { code, stdout, stderr } = await runCommand(words, { cwd: folder.path })
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error: ./m)
    expect(stderr).toContain(message)
    expect(stderr).toContain(hint)
    expect(stderr).not.toMatch(/\n +at /)
  })

  test.for(PLANNED_COMMANDS)('%s is not supported yet', async (name) => {
    using folder = createWorkspace()
    const { code, stderr } = await runCommand([name, 'x', '--anything'], { cwd: folder.path })
    expect(code).toBe(2)
    expect(stderr).toContain(`"agentspec ${name}" is not supported yet`)
  })
})

describe('with --json a failure is one object on stdout and a text on stderr', () => {
  test.for([
    [['--json', 'chek'], 2, 'invalid_command_line'],
    [['run', 'x.yaml', '--json'], 2, 'no_input'],
    [['run', 'none.yaml', 'hi', '--json'], 2, 'spec_invalid'],
    [['show', 'run_x', '--json'], 2, 'unknown_run'],
    [['runs', '--json', '--store', 'sqlite:folder'], 1, 'store_error'],
    [['serve', 'x.yaml', '--json'], 2, 'not_supported'],
  ] as const)('%j', async ([words, exitCode, errorCode]) => {
    using folder = createWorkspace({ 'x.yaml': HELLO, 'folder/x': '' })
    const { code, stdout, stderr, json } = await runCommand(words, { cwd: folder.path })
    expect(json).toMatchObject({ error: { code: errorCode, message: expect.stringMatching(/./) } })
    expect(code).toBe(exitCode)
    expect(stdout.trim().split('\n')).toHaveLength(1)
    expect(stderr).toMatch(/^error: ./m)
  })

  test('also when a variable asks for it', async () => {
    using folder = createWorkspace()
    const env = { AGENTSPEC_JSON: '1' }
    expect((await runCommand(['chek'], { cwd: folder.path, env })).json).toMatchObject({ error: {} })
    expect((await runCommand(['show', 'x'], { cwd: folder.path, env })).json).toMatchObject({ error: {} })
  })
})

describe('global flags', () => {
  test('stand before and after the command', async () => {
    using folder = createWorkspace()
    const expected = { code: 0, json: { runs: [] } }
    expect(await runCommand(['--json', '--store', 'memory:', 'runs'], { cwd: folder.path })).toMatchObject(
      expected,
    )
    expect(await runCommand(['runs', '--json', '--store=memory:'], { cwd: folder.path })).toMatchObject(
      expected,
    )
    expect(await runCommand(['--store', 'memory:', 'runs', '--json'], { cwd: folder.path })).toMatchObject(
      expected,
    )
  })

  test('win over their variables', async () => {
    using folder = createWorkspace()
    const env = { AGENTSPEC_STORE: 'nonsense:x' }
    const refused = await runCommand(['runs'], { cwd: folder.path, env })
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('"nonsense:"') })
    expect(await runCommand(['runs', '--store', 'memory:'], { cwd: folder.path, env })).toMatchObject({
      code: 0,
    })
  })

  test('a variable that is neither on nor off is refused', async () => {
    using folder = createWorkspace()
    const result = await runCommand(['runs'], { cwd: folder.path, env: { AGENTSPEC_QUIET: 'maybe' } })
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('AGENTSPEC_QUIET is "maybe"') })
  })

  test('a flag that decides something has no variable', async () => {
    using folder = createWorkspace({ 'x.yaml': HELLO })
    const env = { AGENTSPEC_OUT: 'out.json', AGENTSPEC_HASH: '1' }
    const { stdout } = await runCommand(['compile', 'x.yaml'], { cwd: folder.path, env })
    expect(JSON.parse(stdout)).toMatchObject({ name: 'hello' })
  })
})

test('a command that only looks leaves no store behind', async () => {
  using folder = createWorkspace()
  const listed = await runCommand(['runs'], { cwd: folder.path })
  expect(listed).toMatchObject({ code: 0, stdout: 'There are no such runs.\n' })
  expect((await runCommand(['show', 'latest'], { cwd: folder.path })).code).toBe(2)
  expect(readdirSync(folder.path)).toEqual([])
})

test('a reader that goes away is no error', async () => {
  using folder = createWorkspace()
  const command = startCommand(['schema'], { cwd: folder.path })
  command.stopReading()
  expect(await command.ended).toMatchObject({ code: 0, stderr: '' })
})
