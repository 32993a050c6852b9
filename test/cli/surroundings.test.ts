/** What a user sets for all specs, what is wrong with the surroundings, and what shells complete. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../src/cli/command-table.ts'
import { HELLO, SHOP, TOOLS } from '../support/cli-specs.ts'
import { stillRunning } from '../support/mcp.ts'
import { startAtTerminal } from '../support/pty-command.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const TEST_SERVER = fileURLToPath(new URL('../runtime/mcp/children/server.ts', import.meta.url))

const isInstalled = (shell: string): boolean => spawnSync(shell, ['-c', ':']).status === 0

const FILE = '.config/agentspec/config.yaml'

describe('the config file', () => {
  test('is in the folder for such files, and need not exist', async () => {
    using folder = createWorkspace()
    const cwd = folder.path
    const home = await runCommand(['config', 'path', '--json'], { cwd })
    expect(home.json).toEqual({ path: join(cwd, FILE), exists: false })
    const elsewhere = await runCommand(['config', 'path'], { cwd, env: { XDG_CONFIG_HOME: '/etc/x' } })
    expect(elsewhere.stdout).toBe('/etc/x/agentspec/config.yaml\n')
  })

  test('wins over the spec, a variable wins over it, and a flag over both', async () => {
    using folder = createWorkspace({
      [FILE]: 'store: sqlite:mine.db\nby: Ana\nmodel: scripted/mine\napprovals: deny\ncolor: false\n',
      'hello.yaml': HELLO,
      'shop.yaml': SHOP,
      'tools.ts': TOOLS,
    })
    const cwd = folder.path
    const wrongModel = await runCommand(['run', 'hello.yaml', 'Hi'], { cwd })
    expect(wrongModel.stderr).toContain('scripted/mine')
    const denied = await runCommand(['run', 'shop.yaml', 'Hi', '--json'], {
      cwd,
      env: { AGENTSPEC_MODEL: '' },
    })
    expect(denied.stderr).toContain('scripted/mine')
    folder.write(FILE, 'store: sqlite:mine.db\nby: Ana\napprovals: deny\n')
    const answered = await runCommand(['run', 'shop.yaml', 'Hi', '--json'], { cwd })
    expect(answered).toMatchObject({ code: 0, json: { status: 'completed' } })
    const paused = await runCommand(['run', 'shop.yaml', 'Hi', '--approvals', 'pause'], { cwd })
    expect(paused.code).toBe(4)
    await runCommand(['approve', 'latest'], { cwd })
    const { stdout } = await runCommand(['show', 'latest', '--events', '--json'], { cwd })
    expect(stdout).toContain('"by":"Ana"')
    expect((await runCommand(['runs', '--json', '--store', 'memory:'], { cwd })).json).toEqual({ runs: [] })
    const shown = await runCommand(['config', 'show', '--json'], { cwd, env: { AGENTSPEC_BY: 'Ben' } })
    expect(shown.json).toMatchObject({
      settings: {
        store: { value: 'sqlite:mine.db', origin: 'config file' },
        by: { value: 'Ben', origin: 'AGENTSPEC_BY' },
        model: { value: null, origin: 'default' },
      },
    })
  })

  test.for([
    ['stor: x', 'there is no key "stor". Did you mean "store"?'],
    ['approvals: alow', '"approvals" cannot be "alow". Did you mean "allow"?'],
    ['color: maybe', '"color" is true or false'],
    ['model: luna', '--model cannot be "luna"'],
    ['- a', 'it is not a map'],
    ['a: [', ''],
  ] as const)('%s is refused, exit 2', async ([text, problem]) => {
    using folder = createWorkspace({ [FILE]: `${text}\n` })
    const { code, stderr } = await runCommand(['runs'], { cwd: folder.path })
    expect(code).toBe(2)
    expect(stderr).toContain(`${FILE}: ${problem}`)
    const doctor = await runCommand(['doctor', '--json'], { cwd: folder.path })
    expect(doctor.code).toBe(1)
    expect(doctor.stdout).toContain('"ok":false')
    expect((await runCommand(['config', 'path'], { cwd: folder.path })).code).toBe(0)
  })
})

describe('doctor', () => {
  test('finds nothing where all is well, and makes nothing', async () => {
    using folder = createWorkspace({
      'hello.yaml': `# yaml-language-server: $schema=./x.json\n${HELLO}`,
    })
    const { code, json } = await runCommand(['doctor', 'hello.yaml', '--json'], { cwd: folder.path })
    expect(code).toBe(0)
    expect(json).toMatchObject({
      checks: [{ name: expect.stringContaining('Node 2'), ok: true }, {}, {}, {}, {}, {}],
    })
    const again = await runCommand(['runs', '--json'], { cwd: folder.path })
    expect(again.json).toEqual({ runs: [] })
  })

  test('says what a spec lacks to run here', async () => {
    using folder = createWorkspace({
      'real.yaml': HELLO.replace(/main: \{.*/, 'main: openai/any'),
      'bad.yaml': HELLO.replace('model: main', 'model: mian'),
    })
    const { code, stdout } = await runCommand(['doctor', 'real.yaml', 'bad.yaml'], { cwd: folder.path })
    expect(code).toBe(1)
    expect(stdout).toContain('✗ real.yaml names its schema for editors')
    expect(stdout).toMatch(/✗ real\.yaml: agent greeter has a model[^]*set OPENAI_API_KEY/)
    expect(stdout).toMatch(/✗ bad\.yaml is valid\n {2}hint: agentspec check bad\.yaml shows 1 error/)
  })
})

const SERVERS = `# yaml-language-server: $schema=./x.json
agentspec: 1
name: servers
models:
  main: { provider: scripted, script: [{ text: Hi. }] }
agents:
  desk: { model: main, instructions: Help., mcp_servers: [good, dies, gone, absent, away] }
mcp_servers:
  good: { command: ${process.execPath}, args: ["${TEST_SERVER}", good, .] }
  dies: { command: ${process.execPath}, args: ["-e", "console.error('Error: no ' + process.env.SHOP_TOKEN); process.exit(1)"], env: { SHOP_TOKEN: "\${SHOP_TOKEN}" } }
  gone: { command: no-such-program }
  absent: { command: ./not-here }
  away: { url: "http://127.0.0.1:9/mcp", connect_timeout: 5s }
`

describe('doctor of a spec with MCP servers', () => {
  test('starts each, says what is wrong with it, and leaves nothing behind', async () => {
    using folder = createWorkspace({ 'servers.yaml': SERVERS, '.env': 'SHOP_TOKEN=sesame-open-1234\n' })
    const { code, json, stdout } = await runCommand(['doctor', 'servers.yaml', '--json'], {
      cwd: folder.path,
    })
    expect(code).toBe(1)
    const { checks } = json as { checks: { name: string; ok: boolean; hint?: string }[] }
    expect(checks.filter(({ name }) => name.includes('MCP server'))).toEqual([
      { name: 'servers.yaml: MCP server good answers: 2 tools', ok: true },
      {
        name: 'servers.yaml: MCP server dies answers',
        ok: false,
        hint: expect.stringContaining('Error: no [redacted:SHOP_TOKEN]'),
      },
      {
        name: 'servers.yaml: MCP server gone answers',
        ok: false,
        hint: 'There is no "no-such-program" on PATH. Install it, or write its path',
      },
      {
        name: 'servers.yaml: MCP server absent answers',
        ok: false,
        hint: `There is no program ${join(folder.path, 'not-here')}`,
      },
      { name: 'servers.yaml: MCP server away answers', ok: false, hint: expect.stringMatching(/./) },
    ])
    expect(stdout).not.toContain('sesame')
    expect(stillRunning(folder.path)).toEqual([false])
  })
})

describe('completion', () => {
  test.for(['bash', 'zsh', 'fish'])('of %s knows every command and its flags', async (shell) => {
    using folder = createWorkspace()
    const { code, stdout } = await runCommand(['completion', shell], { cwd: folder.path })
    expect(code).toBe(0)
    for (const { name } of COMMANDS) expect(stdout).toContain(name)
    expect(stdout).toContain('max-turns')
    expect(stdout).toContain('accept-drift')
  })

  test('works in bash', async () => {
    using folder = createWorkspace({ 'spec.yaml': '' })
    const { stdout } = await runCommand(['completion', 'bash'], { cwd: folder.path })
    folder.write('c.bash', stdout)
    const script = `source c.bash
COMP_WORDS=(agentspec ap); COMP_CWORD=1; _agentspec; echo "\${COMPREPLY[@]}"
COMP_WORDS=(agentspec run --max); COMP_CWORD=2; _agentspec; echo "\${COMPREPLY[@]}"
COMP_WORDS=(agentspec run spec); COMP_CWORD=2; _agentspec; echo "\${COMPREPLY[@]}"`
    const done = spawnSync('bash', ['-c', script], { cwd: folder.path, encoding: 'utf8' })
    expect(done.stdout.split('\n')).toEqual(['approvals approve', '--max-turns', 'spec.yaml', ''])
  })

  test.skipIf(!isInstalled('fish'))('works in fish', async () => {
    using folder = createWorkspace({ 'spec.yaml': '' })
    const { stdout } = await runCommand(['completion', 'fish'], { cwd: folder.path })
    folder.write('c.fish', stdout)
    const lines = [
      'agentspec ap',
      'agentspec run --max',
      'agentspec run spec',
      'agentspec --sto',
      'agentspec runs prune --o',
    ]
    const script = ['source c.fish', ...lines.map((line) => `complete -C '${line}' | string split -f 1 \\t`)]
    const done = spawnSync('fish', ['-c', script.join('\n')], { cwd: folder.path, encoding: 'utf8' })
    expect(done.stdout.trim().split('\n')).toEqual([
      'approvals',
      'approve',
      '--max-turns',
      'spec.yaml',
      '--store',
      '--older-than',
    ])
  })

  test.skipIf(!isInstalled('zsh'))('works in zsh', async () => {
    using folder = createWorkspace({ 'unique.yaml': '' })
    const { stdout } = await runCommand(['completion', 'zsh'], { cwd: folder.path })
    folder.write('functions/_agentspec', stdout)
    using terminal = startAtTerminal([], { cwd: folder.path, program: ['zsh', '-f', '-i'] })
    terminal.press(
      "PS1='ready> '; fpath=($PWD/functions $fpath); autoload -Uz compinit; compinit -u -d $PWD/dump\r",
    )
    await terminal.waitUntil((screen) => screen.endsWith('\nready>'))
    for (const [typed, completed] of [
      ['agentspec approva', 'agentspec approvals'],
      ['agentspec run --max', 'agentspec run --max-turns'],
      ['agentspec run uni', 'agentspec run unique.yaml'],
      ['agentspec runs prune --old', 'agentspec runs prune --older-than'],
    ] as const) {
      terminal.press(typed, '\t')
      await terminal.waitUntil((screen) => screen.includes(completed))
      expect(terminal.screen()).toContain(completed)
      terminal.press('\u0015')
    }
  })
})
