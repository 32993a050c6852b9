/** MCP servers on this machine, gated and with names that collide: each step in a process of its own. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/util/json.ts'
import { calls, says, startScenario } from '../../support/scenario.ts'
import type { Scenario, Turn } from '../../support/scenario.ts'

const SERVER = fileURLToPath(new URL('../../runtime/mcp/children/server.ts', import.meta.url))

const server = (name: string, more = ''): string =>
  `  ${name}: { command: ${process.execPath}, args: ["${SERVER}", good, ./${name}]${more} }\n`

const spec = (servers: string, more = ''): string =>
  `agents: { main: { mcp_servers: [${[...servers.matchAll(/^ {2}(\w+):/gmu)].map(([, name]) => name).join(', ')}] } }\nmcp_servers:\n${servers}${more}`

/** The servers write what they were called with into these folders. */
async function startWith(
  yaml: string,
  turns: readonly Turn[],
  folders: readonly string[],
): Promise<Scenario> {
  const scenario = await startScenario(yaml, turns)
  for (const folder of folders) mkdirSync(join(scenario.path, folder))
  return scenario
}

/** The names of the tools a server was called with, over all of its processes. */
function called(scenario: Scenario, folder: string): readonly string[] {
  const lines = readFileSync(join(scenario.path, folder, 'server.log'), 'utf8').split('\n')
  return lines.flatMap((line) =>
    line.startsWith('call ') ? [(JSON.parse(line.slice(5)) as { readonly name: string }).name] : [],
  )
}

const both: Turn = [calls('read_it', 'c1', { text: 'a' }), calls('note', 'c2', { text: 'b' })]

describe('the tools of a server', () => {
  test.each([
    ['a group', '{ always: { tool_names: [note] } }'],
    ['a map', '{ note: always, read/it: never }'],
    ['a map that leaves the rest out', '{ note: true }'],
    ['a condition', '{ when: "tool == \'notes/note\'" }'],
  ])('run or ask as %s says, each by its own name (scenario 21)', async (_, rule) => {
    const yaml = spec(server('notes', `, require_approval: ${rule}`))
    await using scenario = await startWith(yaml, [both, says('Done.')], ['notes'])
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({
      code: 4,
      json: { interruptions: [{ kind: 'mcp', server: 'notes', tool: 'note', call_id: 'c2' }] },
    })
    expect(called(scenario, 'notes')).toEqual(['read/it'])
    expect(await scenario.agentspec('approve', '-1', '--resume')).toMatchObject({ code: 0 })
    expect(called(scenario, 'notes')).toEqual(['read/it', 'note'])
    expect(scenario.input().slice(-2)).toMatchObject([
      { call_id: 'c1', output: 'noted' },
      { call_id: 'c2', output: 'noted' },
    ])
  })

  test.each([
    ['always', ['c1', 'c2']],
    ['true', ['c1', 'c2']],
    ['never', []],
    ['false', []],
  ])('all ask, or none, with %s (scenario 21)', async (rule, asked) => {
    const yaml = spec(server('notes', `, require_approval: ${rule}`))
    await using scenario = await startWith(yaml, [both, says('Done.')], ['notes'])
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({
      code: asked.length === 0 ? 0 : 4,
      json: { interruptions: asked.map((call_id) => ({ call_id })) },
    })
    if (asked.length > 0)
      expect(await scenario.agentspec('approve', '-1', '--all', '--resume')).toMatchObject({ code: 0 })
    expect(called(scenario, 'notes').toSorted()).toEqual(['note', 'read/it'])
  })

  test('cannot be always and never asked about: that is said before anything starts (scenario 21)', async () => {
    const rule = '{ always: { tool_names: [note] }, never: { tool_names: [note] } }'
    await using scenario = await startScenario(spec(server('notes', `, require_approval: ${rule}`)), [])
    const refused = await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect(refused).toMatchObject({ code: 2, json: { error: { diagnostics: [{ severity: 'error' }] } } })
    expect(refused.stderr).toContain('note')
    expect(scenario.requests).toHaveLength(0)
  })
})

describe('one tool name on two servers', () => {
  const servers = server('one') + server('two', ', require_approval: always')

  test('fails the run before the model is asked (scenario 29)', async () => {
    await using scenario = await startWith(spec(servers), [says('Never.')], ['one', 'two'])
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({
      code: 1,
      json: { status: 'failed', error: { code: 'tool_name_collision' } },
    })
    expect(scenario.requests).toHaveLength(0)
  })

  test('gets the name of its server in front where that is wanted, and is called by its own (scenario 29)', async () => {
    const turns = [[calls('mcp_two__note', 'c1', { text: 'x' })], says('Done.')]
    const yaml = spec(servers, 'run: { tool_name_collision: prefix }\n')
    await using scenario = await startWith(yaml, turns, ['one', 'two'])
    const paused = await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect(paused).toMatchObject({
      code: 4,
      json: { interruptions: [{ server: 'two', tool: 'note', call_id: 'c1' }] },
    })
    const offered = scenario.requests[0]?.body['tools'] as readonly JsonObject[]
    expect(offered.map((one) => one['name'])).toEqual(
      expect.arrayContaining(['mcp_one__note', 'mcp_two__note']),
    )
    // The server that was asked about must be the one that is called, in the process that goes on too.
    writeFileSync(join(scenario.path, 'one', 'server.log'), '')
    expect(await scenario.agentspec('approve', '-1', '--resume')).toMatchObject({ code: 0 })
    expect(called(scenario, 'two')).toEqual(['note'])
    expect(called(scenario, 'one')).toEqual([])
  })
})
