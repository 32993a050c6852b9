/** `agentspec diff`: two files, archived specs, what is printed, exit codes, and the runs that wait. */
import { unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HELLO, SHOP, TOOLS } from '../support/cli-specs.ts'
import { runCommand } from '../support/run-command.ts'
import type { CommandResult } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'
import type { Workspace } from '../support/workspace.ts'

const NARROWER = SHOP.replace('version: 1.0.0', 'version: 2.0.0')
  .replace('order_id: { type: integer }', 'order_id: { type: integer, maximum: 5 }')
  .replace('Help.', 'Help!')

interface Place extends Workspace {
  agentspec(...args: readonly string[]): Promise<CommandResult>
}

function createPlace(files: Readonly<Record<string, string>> = {}): Place {
  const folder = createWorkspace({ 'a.yaml': SHOP, 'b.yaml': NARROWER, 'tools.ts': TOOLS, ...files })
  return { ...folder, agentspec: (...args) => runCommand([...args], { cwd: folder.path }) }
}

/** The hash of a spec that a paused run has brought into the archive. */
async function pausedRun(place: Place): Promise<{ readonly runId: string; readonly hash: string }> {
  const { json } = await place.agentspec('run', 'a.yaml', 'Cancel it', '--json')
  const { run_id: runId, spec } = json as { run_id: string; spec: { hash: string } }
  return { runId, hash: spec.hash }
}

const CHANGES = [
  {
    class: 'breaking',
    what: 'tool cancel: parameters.order_id must now be at most 5',
    pointer: '/tools/cancel/parameters/properties/order_id',
    a: { file: 'a.yaml', start: { line: 17, column: 57 } },
    b: { file: 'b.yaml', start: { line: 17, column: 57 } },
  },
  { class: 'behavioural', what: 'agent desk: instructions changed', pointer: '/agents/desk/instructions' },
  { class: 'cosmetic', what: 'version is now "2.0.0", was "1.0.0"', pointer: '/version' },
]

describe('two files', () => {
  test('--json says what changed, of which class, and where in both', async () => {
    using place = createPlace()
    const { code, json, stderr } = await place.agentspec('diff', 'a.yaml', 'b.yaml', '--json')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(json).toMatchObject({
      a: { hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), version: '1.0.0' },
      b: { hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), version: '2.0.0' },
      class: 'breaking',
      changes: CHANGES,
    })
    expect(json).not.toHaveProperty('runs')
  })

  test('people read them by class, the worst first', async () => {
    using place = createPlace()
    const { code, stdout } = await place.agentspec('diff', 'a.yaml', 'b.yaml')
    expect(code).toBe(0)
    expect(stdout.replace(/sha256:[0-9a-f]{12}/g, 'HASH')).toBe(`a  shop@1.0.0  HASH  a.yaml
b  shop@2.0.0  HASH  b.yaml

breaking
  tool cancel: parameters.order_id must now be at most 5
    a a.yaml:17:57
    b b.yaml:17:57

behavioural
  agent desk: instructions changed
    a a.yaml:11:38
    b b.yaml:11:38

cosmetic
  version is now "2.0.0", was "1.0.0"
    a a.yaml:3:10
    b b.yaml:3:10

breaking: 3 changes
`)
  })

  test('what is added or removed has a place in one of them', async () => {
    using place = createPlace({ 'c.yaml': SHOP.replace('agents:\n', 'entry: desk\nagents:\n  more: {}\n') })
    const added = await place.agentspec('diff', 'a.yaml', 'c.yaml', '--json')
    expect((added.json as { changes: unknown }).changes).toEqual([
      {
        class: 'compatible',
        what: 'agent more: added',
        pointer: '/agents/more',
        b: { file: 'c.yaml', start: expect.objectContaining({ line: 12 }) },
      },
    ])
    const removed = await place.agentspec('diff', 'c.yaml', 'a.yaml', '--json')
    expect((removed.json as { changes: unknown }).changes).toEqual([
      {
        class: 'breaking',
        what: 'agent more: removed',
        pointer: '/agents/more',
        a: { file: 'c.yaml', start: expect.objectContaining({ line: 12 }) },
      },
    ])
  })

  test('equal specs are cosmetic without a change', async () => {
    using place = createPlace({ 'c.yaml': `# the same\n${SHOP}` })
    expect((await place.agentspec('diff', 'a.yaml', 'c.yaml')).stdout).toContain('equal: nothing differs')
    const { code, json } = await place.agentspec(
      'diff',
      'a.yaml',
      'c.yaml',
      '--json',
      '--fail-on',
      'compatible',
    )
    expect({ code, json }).toMatchObject({ code: 0, json: { class: 'cosmetic', changes: [] } })
  })

  test('no store is made or asked for', async () => {
    using place = createPlace()
    const { code } = await place.agentspec('diff', 'a.yaml', 'b.yaml', '--store', 'sqlite:none/none.db')
    expect(code).toBe(0)
  })
})

test.for([
  ['cosmetic', 5],
  ['behavioural', 5],
  ['needs_reapproval', 5],
  ['breaking', 5],
] as const)(
  '--fail-on %s on a breaking difference: exit %i, and the difference all the same',
  async ([limit, code]) => {
    using place = createPlace()
    const result = await place.agentspec('diff', 'a.yaml', 'b.yaml', '--json', '--fail-on', limit)
    expect(result).toMatchObject({ code, json: { class: 'breaking' } })
  },
)

test('--fail-on lets milder differences pass', async () => {
  using place = createPlace({ 'c.yaml': SHOP.replace('Help.', 'Help!') })
  expect((await place.agentspec('diff', 'a.yaml', 'c.yaml', '--fail-on', 'behavioural')).code).toBe(5)
  expect((await place.agentspec('diff', 'a.yaml', 'c.yaml', '--fail-on', 'needs_reapproval')).code).toBe(0)
})

describe('what cannot be compared exits 2', () => {
  test('a spec with errors, shown as check shows them', async () => {
    using place = createPlace({ 'c.yaml': SHOP.replace('tools: [cancel]', 'tools: [cancle]') })
    const { code, json, stderr } = await place.agentspec('diff', 'a.yaml', 'c.yaml', '--json')
    expect(code).toBe(2)
    expect(json).toMatchObject({
      error: { code: 'spec_invalid', diagnostics: [{ code: 'AS3002', file: 'c.yaml' }] },
    })
    expect(stderr).toContain('c.yaml:11:')
    expect(stderr).toContain('cancle')
  })

  test('an unknown class, hash or file', async () => {
    using place = createPlace()
    expect(await place.agentspec('diff', 'a.yaml', 'b.yaml', '--fail-on', 'braking', '--json')).toMatchObject(
      {
        code: 2,
        json: {
          error: { code: 'invalid_flag', message: expect.stringContaining('Did you mean "breaking"?') },
        },
      },
    )
    expect(await place.agentspec('diff', 'sha256:abcd', 'b.yaml', '--json')).toMatchObject({
      code: 2,
      json: { error: { code: 'unknown_spec' } },
    })
    expect((await place.agentspec('diff', 'a.yaml', 'nowhere.yaml')).code).toBe(2)
    expect((await place.agentspec('diff', 'a.yaml')).code).toBe(2)
  })
})

describe('an archived spec', () => {
  test('is found by the beginning of its hash, and has its places though the file is gone', async () => {
    using place = createPlace()
    const { hash } = await pausedRun(place)
    unlinkSync(join(place.path, 'a.yaml'))
    for (const written of [hash, hash.slice(0, 15), hash.slice(7, 19)]) {
      const { code, json } = await place.agentspec('diff', written, 'b.yaml', '--json')
      expect({ code, json }).toMatchObject({ code: 0, json: { a: { hash }, changes: CHANGES } })
    }
    expect((await place.agentspec('diff', hash, 'b.yaml')).stdout).toMatch(/^a {2}shop@1\.0\.0 .* archived$/m)
  })

  test('has places when files of its closure are not kept', async () => {
    const spec = SHOP.replace(/parameters: .*/, 'parameters: { file: ./args.json }')
    const schema = { type: 'object', properties: { order_id: { type: 'integer' } } }
    using place = createPlace({ 'a.yaml': spec, 'args.json': JSON.stringify(schema) })
    const { hash } = await pausedRun(place)
    const { json } = await place.agentspec('diff', hash, 'a.yaml', '--json')
    expect(json).toMatchObject({ changes: [] })
    place.write('args.json', JSON.stringify({ ...schema, required: ['order_id'] }))
    expect((await place.agentspec('diff', hash, 'a.yaml', '--json')).json).toMatchObject({
      changes: [
        {
          what: 'tool cancel: parameters.order_id is now required',
          a: { file: 'a.yaml', start: { line: 17 } },
          b: { file: 'args.json', start: { line: 1 } },
        },
      ],
    })
  })
})

describe('--against-runs', () => {
  test('judges each run that waits by what it has in hand', async () => {
    using place = createPlace({
      'hello.yaml': HELLO,
      'wider.yaml': NARROWER.replace('maximum: 5', 'maximum: 50'),
      'kind.yaml': SHOP.replace('Help.', 'Help!'),
    })
    const { runId } = await pausedRun(place)
    await place.agentspec('run', 'hello.yaml', 'Hi')
    const said = 'tool cancel: parameters.order_id must now be at most'
    const verdict = async (b: string): Promise<unknown> =>
      ((await place.agentspec('diff', 'a.yaml', b, '--against-runs', '--json')).json as { runs: unknown })
        .runs
    const instructions = 'agent desk: instructions changed'
    expect(await verdict('b.yaml')).toEqual([
      { run_id: runId, class: 'breaking', reasons: [`${said} 5`, instructions] },
    ])
    expect(await verdict('wider.yaml')).toEqual([
      { run_id: runId, class: 'needs_reapproval', reasons: [`${said} 50`, instructions] },
    ])
    expect(await verdict('kind.yaml')).toEqual([
      { run_id: runId, class: 'behavioural', reasons: [instructions] },
    ])
    expect(await verdict('a.yaml')).toEqual([{ run_id: runId, class: 'cosmetic', reasons: [] }])
    const { stdout } = await place.agentspec('diff', 'a.yaml', 'b.yaml', '--against-runs')
    expect(stdout).toContain(`runs\n  ${runId} breaking\n    ${said} 5\n`)
  })

  test('judges a run of an earlier version from that version', async () => {
    using place = createPlace()
    const { runId } = await pausedRun(place)
    const { json } = await place.agentspec('diff', 'b.yaml', 'b.yaml', '--against-runs', '--json')
    expect(json).toMatchObject({
      class: 'cosmetic',
      changes: [],
      runs: [{ run_id: runId, class: 'breaking' }],
    })
  })

  test('says so when there is none', async () => {
    using place = createPlace()
    const { stdout } = await place.agentspec('diff', 'a.yaml', 'b.yaml', '--against-runs')
    expect(stdout).toContain('runs\n  none waits or is interrupted')
    const { json } = await place.agentspec('diff', 'a.yaml', 'b.yaml', '--against-runs', '--json')
    expect(json).toMatchObject({ runs: [] })
  })
})
