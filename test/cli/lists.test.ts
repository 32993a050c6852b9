/** The commands that look at a store: runs, show, approvals, cancel, sessions, specs, state. */
import { describe, expect, test } from 'vitest'
import { HELLO, SHOP, TOOLS, TWO_CALLS } from '../support/cli-specs.ts'
import { runCommand } from '../support/run-command.ts'
import type { CommandResult } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'
import type { Workspace } from '../support/workspace.ts'

interface Place extends Workspace {
  agentspec(...args: readonly string[]): Promise<CommandResult>
  /** Runs a spec and gives the id of the run. */
  run(...args: readonly string[]): Promise<string>
}

function createPlace(): Place {
  const folder = createWorkspace({
    'hello.yaml': HELLO,
    'shop.yaml': SHOP,
    'two.yaml': TWO_CALLS,
    'tools.ts': TOOLS,
  })
  const agentspec: Place['agentspec'] = (...args) => runCommand([...args], { cwd: folder.path })
  const run: Place['run'] = async (...args) => {
    const { json } = await agentspec('run', ...args, '--json')
    return (json as { run_id: string }).run_id
  }
  return { ...folder, agentspec, run }
}

describe('runs', () => {
  test('lists them newest first, with their status, spec, session, agent and pending calls', async () => {
    using place = createPlace()
    const first = await place.run('hello.yaml', 'Hi', '--session', 'c12')
    const second = await place.run('two.yaml', 'Hi')
    const { code, stdout } = await place.agentspec('runs')
    expect(code).toBe(0)
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(/ {2,}/))
    expect(rows[0]).toEqual(['RUN', 'STATUS', 'SPEC', 'SESSION', 'AGENT', 'AGE', 'PENDING'])
    expect(rows[1]).toEqual([
      second,
      'paused',
      'shop@1.0.0',
      '-',
      'desk',
      expect.stringMatching(/^\d+s$/),
      '2',
    ])
    expect(rows[2]).toEqual([
      first,
      'completed',
      'hello@0.1.0',
      'c12',
      'greeter',
      expect.stringMatching(/^\d+s$/),
      '-',
    ])
    expect((await place.agentspec('runs', '--json')).json).toMatchObject({
      runs: [
        {
          run_id: second,
          status: 'paused',
          session_id: null,
          interruptions: [{ call_id: 'call_a' }, { call_id: 'call_b' }],
        },
        {
          run_id: first,
          status: 'completed',
          session_id: 'c12',
          last_agent: 'greeter',
          turns: 1,
          interruptions: [],
        },
      ],
    })
  })

  test('can be chosen by status, session and number', async () => {
    using place = createPlace()
    const first = await place.run('hello.yaml', 'Hi', '--session', 'c12')
    const second = await place.run('hello.yaml', 'Hi')
    const third = await place.run('shop.yaml', 'Hi')
    const ids = async (...flags: readonly string[]): Promise<readonly string[]> => {
      const { json } = await place.agentspec('runs', ...flags, '--json')
      return (json as { runs: { run_id: string }[] }).runs.map((run) => run.run_id)
    }
    expect(await ids()).toEqual([third, second, first])
    expect(await ids('--status', 'completed')).toEqual([second, first])
    expect(await ids('--status', 'running')).toEqual([])
    expect(await ids('--session', 'c12')).toEqual([first])
    expect(await ids('--limit', '1')).toEqual([third])
  })

  test('that have ended can be removed, others not', async () => {
    using place = createPlace()
    const done = await place.run('hello.yaml', 'Hi')
    const paused = await place.run('shop.yaml', 'Hi')
    expect(await place.agentspec('runs', 'rm', 'latest', '--json')).toMatchObject({
      code: 3,
      json: { error: { code: 'not_ended', hint: `agentspec cancel ${paused} ends it` } },
    })
    expect(await place.agentspec('runs', 'prune', '--older-than', '0s', '--json')).toMatchObject({
      code: 0,
      json: { runs: [{ run_id: done, status: 'completed' }] },
    })
    expect((await place.agentspec('runs', '--json')).json).toMatchObject({ runs: [{ run_id: paused }] })
    await place.agentspec('cancel', paused)
    expect(await place.agentspec('runs', 'prune', '--older-than', '1h')).toMatchObject({
      stderr: 'There is nothing to remove.\n',
    })
    expect(await place.agentspec('runs', 'rm', paused)).toMatchObject({
      code: 0,
      stderr: `Removed ${paused}.\n`,
    })
    expect((await place.agentspec('runs', 'rm', paused)).code).toBe(2)
    expect((await place.agentspec('runs', '--json')).json).toEqual({ runs: [] })
  })
})

describe('show', () => {
  test('tells status, conversation, what waits and how to go on', async () => {
    using place = createPlace()
    const id = await place.run('shop.yaml', 'Cancel order 7', '--context', '{"tier":"pro"}')
    const { stdout } = await place.agentspec('show', 'latest')
    expect(stdout).toContain(`${id}\n  status   paused\n  spec     shop@1.0.0 sha256:`)
    expect(stdout).toContain('  context  {"tier":"pro"}\n')
    expect(stdout).toContain('\nuser  Cancel order 7\n  → cancel(order_id: 7) call_a\n')
    expect(stdout).toContain(
      '  cancel(order_id: 7)  call_a · #4 · desk\n    needs_approval: true (/tools/cancel/needs_approval)\n',
    )
    expect(stdout).toContain(`  agentspec approve ${id} --resume\n`)
    await place.agentspec('approve', id, '--resume')
    const done = await place.agentspec('show', id)
    expect(done.stdout).toContain(
      '  → cancel(order_id: 7) call_a\n  ← {"cancelled":7}\nassistant  Cancelled.\n',
    )
    expect(done.stdout).not.toContain('To go on')
  })

  test('as JSON is the result with items, context and seq', async () => {
    using place = createPlace()
    const id = await place.run('shop.yaml', 'Cancel order 7')
    const { json } = await place.agentspec('show', id, '--json')
    expect(json).toMatchObject({
      type: 'result',
      run_id: id,
      status: 'paused',
      seq: 5,
      context: {},
      items: [{ role: 'user' }, { type: 'function_call' }],
    })
  })

  test('--at shows it as it was, --events its journal', async () => {
    using place = createPlace()
    const id = await place.run('hello.yaml', 'Hi')
    expect((await place.agentspec('show', id, '--at', '2', '--json')).json).toMatchObject({
      seq: 2,
      turns: 1,
      items: [{ role: 'user' }],
    })
    expect((await place.agentspec('show', id, '--at', '9')).code).toBe(2)
    const { json } = await place.agentspec('show', id, '--events', '--json')
    expect(json).toMatchObject({
      run_id: id,
      events: [
        { seq: 1, type: 'run.started' },
        { seq: 2, type: 'turn.started' },
        { seq: 3, type: 'model.responded' },
        { seq: 4, type: 'run.completed' },
      ],
    })
    const { stdout } = await place.agentspec('show', id, '--events', '--at', '2')
    expect(stdout).toMatch(
      /^1 {2}\S+Z {2}run\.started {3}hello@0\.1\.0, agent greeter\n2 {2}\S+Z {2}turn\.started {2}turn 1, agent greeter\n$/,
    )
  })

  test('never lets what an agent said move the cursor', async () => {
    using place = createPlace()
    await place.run('hello.yaml', 'a\u001b[2Jb')
    const { stdout } = await place.agentspec('show', 'latest')
    expect(stdout).toContain('user  a\\x1b[2Jb\n')
  })
})

describe('approvals', () => {
  test('lists every call that waits over all runs: who, what, which rule', async () => {
    using place = createPlace()
    expect((await place.agentspec('approvals')).stdout).toBe('Nothing waits for approval.\n')
    const first = await place.run('shop.yaml', 'Hi', '--session', 'c12')
    const second = await place.run('two.yaml', 'Hi')
    await place.run('hello.yaml', 'Hi')
    const { json } = await place.agentspec('approvals', '--json')
    expect(json).toMatchObject({
      approvals: [
        {
          run_id: first,
          session_id: 'c12',
          spec: { name: 'shop' },
          request: 4,
          call_id: 'call_a',
          arguments: { order_id: 7 },
          rule: { kind: 'tool', pointer: '/tools/cancel/needs_approval' },
        },
        { run_id: second, session_id: null, call_id: 'call_a' },
        { run_id: second, call_id: 'call_b', arguments: { order_id: 8 } },
      ],
    })
    const { stdout } = await place.agentspec('approvals')
    expect(stdout).toContain(`${first} shop@1.0.0 · session c12\n  cancel(order_id: 7)  call_a · #4 · desk\n`)
    expect(stdout).toContain(`  agentspec approve ${second} --all --resume`)
    await place.agentspec('approve', second, 'call_a')
    expect((await place.agentspec('approvals', '--json')).json).toMatchObject({
      approvals: [{ run_id: first }, { call_id: 'call_b' }],
    })
  })
})

describe('cancel', () => {
  test('ends a run for good', async () => {
    using place = createPlace()
    const id = await place.run('shop.yaml', 'Hi')
    expect(
      await place.agentspec('cancel', '-1', '--by', 'alice', '--reason', 'wrong', '--json'),
    ).toMatchObject({
      code: 0,
      json: { run_id: id, status: 'cancelled' },
    })
    const { json } = await place.agentspec('show', id, '--events', '--json')
    expect(json).toMatchObject({
      events: expect.arrayContaining([
        expect.objectContaining({ type: 'run.cancelled', by: 'alice', reason: 'wrong' }),
      ]),
    })
    for (const words of [
      ['cancel', id],
      ['resume', id],
      ['approve', id, '--all'],
    ]) {
      expect((await place.agentspec(...words)).code).toBe(3)
    }
  })
})

describe('sessions', () => {
  test('can be listed, shown, cleared and removed', async () => {
    using place = createPlace()
    await place.run('hello.yaml', 'Hi', '--session', 'c12')
    const { stdout } = await place.agentspec('sessions')
    expect(stdout).toMatch(/^SESSION {2}AGENT {4}ITEMS {2}UPDATED\nc12 {6}greeter {2}2 {6}\d+s ago\n$/)
    expect((await place.agentspec('sessions', 'show', 'c12')).stdout).toBe(
      'user  Hi\nassistant  Hello there.\n',
    )
    const empty = { session_id: 'c12', last_agent: null, items: [] }
    expect(await place.agentspec('sessions', 'clear', 'c12', '--json')).toMatchObject({
      code: 0,
      json: empty,
    })
    expect((await place.agentspec('sessions', 'show', 'c12', '--json')).json).toEqual(empty)
    expect(await place.agentspec('sessions', 'rm', 'c12', '--json')).toMatchObject({ code: 0, json: empty })
    expect((await place.agentspec('sessions', 'list', '--json')).json).toEqual({ sessions: [] })
  })

  test('that do not exist are a mistake, those in use a conflict', async () => {
    using place = createPlace()
    await place.run('hello.yaml', 'Hi', '--session', 'customer-12')
    for (const name of ['show', 'clear', 'rm']) {
      const { code, stderr } = await place.agentspec('sessions', name, 'customer-1')
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringContaining('Did you mean "customer-12"?'),
      })
    }
    await place.run('shop.yaml', 'Hi', '--session', 'customer-12')
    expect((await place.agentspec('sessions', 'rm', 'customer-12')).code).toBe(3)
  })
})

describe('specs', () => {
  test('are archived with the runs, and collected when no run needs them', async () => {
    using place = createPlace()
    const id = await place.run('hello.yaml', 'Hi')
    const hash = (await place.agentspec('compile', 'hello.yaml', '--hash')).stdout.trim()
    expect((await place.agentspec('specs', 'list', '--json')).json).toEqual({
      specs: [{ hash, name: 'hello', version: '0.1.0', first_seen: expect.stringMatching(/Z$/), runs: 1 }],
    })
    const program = (await place.agentspec('compile', 'hello.yaml')).json
    for (const name of [hash, hash.slice(0, 12), hash.slice('sha256:'.length, 20)]) {
      expect((await place.agentspec('specs', 'show', name, '--json')).json).toEqual(program)
    }
    expect((await place.agentspec('specs', 'show', 'sha256:none')).code).toBe(2)
    expect((await place.agentspec('specs', 'gc', '--json')).json).toEqual({ removed: [] })
    await place.agentspec('runs', 'rm', id)
    expect((await place.agentspec('specs', 'gc', '--json')).json).toEqual({ removed: [hash] })
  })
})

describe('state', () => {
  test('moves a run to another store, where it goes on', async () => {
    using place = createPlace()
    const id = await place.run('shop.yaml', 'Hi')
    const exported = await place.agentspec('state', 'export', 'latest', '--bundle')
    expect(exported).toMatchObject({
      code: 0,
      json: { schema_version: 1, run_id: id, status: 'paused', spec: { name: 'shop' } },
    })
    place.write('run.json', exported.stdout)
    const there = ['--store', 'sqlite:there.db']
    expect(await place.agentspec('state', 'import', 'run.json', '--json', ...there)).toMatchObject({
      code: 2,
    })
    expect(
      await place.agentspec('state', 'import', 'run.json', '--trust-spec', '--json', ...there),
    ).toMatchObject({
      code: 0,
      json: { run_id: id, status: 'paused' },
    })
    expect(await place.agentspec('approve', '-1', '--resume', ...there)).toMatchObject({
      code: 0,
      stdout: 'Cancelled.\n',
    })
  })

  test('refuses what is not a document', async () => {
    using place = createPlace()
    place.write('bad.json', '{"schema_version":')
    place.write('list.json', '[]')
    for (const file of ['bad.json', 'list.json', 'none.json', 'hello.yaml']) {
      expect((await place.agentspec('state', 'import', file)).code).toBe(2)
    }
    expect((await place.agentspec('state', 'export', 'latest')).code).toBe(2)
  })
})

test('--store given by a flag is part of what to type next', async () => {
  using place = createPlace()
  const flag = await place.agentspec('run', 'shop.yaml', 'Hi', '--store', 'sqlite:my runs.db')
  expect(flag.stderr).toMatch(/agentspec approve run_\w+ --resume --store 'sqlite:my runs\.db'\n/)
  const folder = createWorkspace({ 'shop.yaml': SHOP, 'tools.ts': TOOLS })
  using _ = folder
  const options = { cwd: folder.path, env: { AGENTSPEC_STORE: 'sqlite:runs.db' } }
  const variable = await runCommand(['run', 'shop.yaml', 'Hi'], options)
  expect(variable.stderr).toMatch(/agentspec approve run_\w+ --resume\n/)
})
