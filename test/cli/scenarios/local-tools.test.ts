/** Commands and patches, as items of their own and as functions, from the command line: each step in a process of its own. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/util/json.ts'
import { calls, says, startScenario } from '../../support/scenario.ts'

const shellCall = (callId: string, ...commands: string[]): JsonObject => ({
  type: 'shell_call',
  id: `sh_${callId}`,
  call_id: callId,
  status: 'completed',
  action: { commands, timeout_ms: null, max_output_length: null },
})

const patchCall = (callId: string, operation: JsonObject): JsonObject => ({
  type: 'apply_patch_call',
  id: `ap_${callId}`,
  call_id: callId,
  status: 'completed',
  operation,
})

const spec = (tools: string, more = ''): string => `agents: { main: { tools: [run, edit] } }
tools:
  run: { type: shell${tools.includes('run:') ? '' : ', needs_approval: true'} }
  edit: { type: apply_patch, needs_approval: { when: "!args.path.startsWith('docs/')" } }
${more}`

const GATED = spec('')
const exit = (stdout: string, code = 0, stderr = ''): JsonObject => ({
  stdout,
  stderr,
  outcome: { type: 'exit', exit_code: code },
})

describe('a shell tool', () => {
  test('is offered as the tool of its own that the API has, and its item is answered in kind', async () => {
    await using scenario = await startScenario(GATED, [
      [shellCall('c1', 'echo one', 'exit 3')],
      says('Done.'),
    ])
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({
      code: 4,
      json: {
        interruptions: [
          { kind: 'shell', tool: 'run', call_id: 'c1', arguments: { commands: ['echo one', 'exit 3'] } },
        ],
      },
    })
    expect(scenario.requests[0]?.body['tools']).toEqual([{ type: 'shell' }, { type: 'apply_patch' }])
    expect(await scenario.agentspec('approve', '-1', '--resume')).toMatchObject({ code: 0 })
    expect(scenario.input().slice(-2)).toEqual([
      shellCall('c1', 'echo one', 'exit 3'),
      { type: 'shell_call_output', call_id: 'c1', output: [exit('one\n'), exit('', 3)] },
    ])
  })

  test('tells the model in its own words that a person said no', async () => {
    await using scenario = await startScenario(GATED, [[shellCall('c1', 'touch made')], says('Done.')])
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    await scenario.agentspec('reject', '-1', '--message', 'no', '--resume')
    expect(scenario.input().at(-1)).toEqual({
      type: 'shell_call_output',
      call_id: 'c1',
      output: [exit('', 1, 'no')],
    })
    expect(existsSync(join(scenario.path, 'made'))).toBe(false)
  })

  test('runs what a person made of its commands, and the model sees that', async () => {
    await using scenario = await startScenario(GATED, [[shellCall('c1', 'rm -rf x')], says('Done.')])
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    const refused = await scenario.agentspec('approve', '-1', '--args', '{"commands":[]}')
    expect(refused).toMatchObject({ code: 2 })
    await scenario.agentspec('approve', '-1', '--args', '{"commands":["echo safe"]}', '--resume')
    expect(scenario.input().slice(-2)).toMatchObject([
      { action: { commands: ['echo safe'] } },
      { output: [exit('safe\n')] },
    ])
  })

  test('does not take an action without commands: the model is told', async () => {
    await using scenario = await startScenario(GATED, [[shellCall('c1')], says('Done.')])
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    await scenario.agentspec('approve', '-1', '--resume')
    const { json } = await scenario.agentspec('show', '-1', '--events')
    expect(json).toMatchObject({
      events: expect.arrayContaining([
        expect.objectContaining({ type: 'tool.completed', reason: 'invalid_arguments' }),
      ]),
    })
  })

  test('that a turn does not offer is neither offered nor carried out', async () => {
    const tools = GATED.replace('needs_approval: true', 'enabled: "false"')
    await using scenario = await startScenario(tools, [[shellCall('c1', 'touch made')], says('Done.')])
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({ code: 0 })
    expect(scenario.requests[0]?.body['tools']).toEqual([{ type: 'apply_patch' }])
    expect(scenario.input().at(-1)).toMatchObject({ output: [{ stderr: "Tool 'shell' not found." }] })
    expect(existsSync(join(scenario.path, 'made'))).toBe(false)
  })

  test('runs the commands of one response in the order of its calls', async () => {
    const tools = GATED.replace(', needs_approval: true', '')
    const both = [shellCall('c1', 'sleep 0.3; echo 1 > order'), shellCall('c2', 'cat order; echo 2 >> order')]
    await using scenario = await startScenario(tools, [both, says('Done.')])
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({ code: 0 })
    expect(scenario.input().at(-1)).toMatchObject({ call_id: 'c2', output: [exit('1\n')] })
  })

  test('ends its list with a command that takes too long', async () => {
    const tools = GATED.replace('needs_approval: true', 'timeout: 200ms')
    await using scenario = await startScenario(tools, [
      [shellCall('c1', 'echo begun; sleep 60', 'touch made')],
      says('Done.'),
    ])
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    const outcome = { stdout: 'begun\n', stderr: '', outcome: { type: 'timeout' } }
    expect(scenario.input().at(-1)).toMatchObject({ output: [outcome] })
    expect(existsSync(join(scenario.path, 'made'))).toBe(false)
  })

  test('shows commands nothing of the environment but what the spec lists', async () => {
    const tools = GATED.replace('needs_approval: true', 'env: [LLM_URL]')
    await using scenario = await startScenario(tools, [
      [shellCall('c1', 'echo "$LLM_URL|$NODE_NO_WARNINGS"')],
      says('Done.'),
    ])
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    expect(scenario.input().at(-1)).toMatchObject({
      output: [{ stdout: expect.stringMatching(/^http.*\|\n$/) }],
    })
  })

  test('asks anew once its folder is another one', async () => {
    await using scenario = await startScenario(GATED, [[shellCall('c1', 'touch made')], says('Done.')])
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    await scenario.agentspec('approve', '-1')
    expect(await scenario.agentspec('resume', '-1', '--base', '/tmp')).toMatchObject({ code: 4 })
    expect(existsSync(join(scenario.path, 'made'))).toBe(false)
  })

  test('is a function with a schema for Chat Completions and scripts, answered with text', async () => {
    const script = `models:
  main: { provider: scripted, script: [ { tool_calls: [ { name: run, arguments: { commands: [echo one] } } ] }, { text: Done } ] }
`
    await using scenario = await startScenario('agents: { main: {} }\n', [])
    writeFileSync(
      join(scenario.path, 'own.yaml'),
      `agentspec: 1\nname: own\ndefaults: { model: main }\n${script}${GATED}`,
    )
    const paused = await scenario.agentspec('run', 'own.yaml', 'Go')
    expect(paused).toMatchObject({ code: 4, json: { interruptions: [{ kind: 'shell', tool: 'run' }] } })
    await scenario.agentspec('approve', '-1', '--resume')
    const { json } = await scenario.agentspec('show', '-1')
    expect(json).toMatchObject({
      status: 'completed',
      items: expect.arrayContaining([
        { type: 'function_call_output', call_id: 'call_1_1', output: JSON.stringify([exit('one\n')]) },
      ]),
    })
  })
})

describe('a patch', () => {
  const create = (path: string): JsonObject => ({ type: 'create_file', path, diff: '+new' })

  test('asks by the file it is about, and is made where its folder is', async () => {
    const both = [patchCall('c1', create('docs/a.md')), patchCall('c2', create('src/b.js'))]
    await using scenario = await startScenario(GATED, [both, says('Done.')])
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({
      code: 4,
      json: {
        interruptions: [{ kind: 'apply_patch', tool: 'edit', call_id: 'c2', arguments: create('src/b.js') }],
      },
    })
    expect(readFileSync(join(scenario.path, 'docs/a.md'), 'utf8')).toBe('new')
    expect(existsSync(join(scenario.path, 'src/b.js'))).toBe(false)
    expect(await scenario.agentspec('approve', '-1', '--resume')).toMatchObject({ code: 0 })
    expect(scenario.input().slice(-2)).toEqual([
      { type: 'apply_patch_call_output', call_id: 'c1', status: 'completed', output: 'Created docs/a.md' },
      { type: 'apply_patch_call_output', call_id: 'c2', status: 'completed', output: 'Created src/b.js' },
    ])
  })

  test('of several files asks when one of them does, and changes all or none', async () => {
    const operations = [create('docs/a.md'), { type: 'delete_file', path: 'src/none.js' }]
    await using scenario = await startScenario(GATED, [[calls('edit', 'c1', { operations })], says('Done.')])
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({ code: 4 })
    expect(await scenario.agentspec('approve', '-1', '--resume')).toMatchObject({ code: 0 })
    expect(scenario.input().at(-1)).toMatchObject({
      type: 'function_call_output',
      output: expect.stringContaining('src/none.js does not exist'),
    })
    expect(existsSync(join(scenario.path, 'docs/a.md'))).toBe(false)
  })

  test('cannot hide from a rule about paths by the way it writes them', async () => {
    await using scenario = await startScenario(GATED, [
      [patchCall('c1', create('docs/../src/b.js'))],
      says('Done.'),
    ])
    expect(await scenario.agentspec('run', 'spec.yaml', 'Go')).toMatchObject({ code: 4 })
  })

  test('that leaves its folder is refused, whatever people say', async () => {
    await using scenario = await startScenario(GATED, [
      [patchCall('c1', create('../outside.md'))],
      says('Done.'),
    ])
    await scenario.agentspec('run', 'spec.yaml', 'Go')
    await scenario.agentspec('approve', '-1', '--resume')
    expect(scenario.input().at(-1)).toMatchObject({ status: 'failed' })
    expect(existsSync(join(scenario.path, '../outside.md'))).toBe(false)
  })
})

test('what shells and patches did moves between stores, approvals pending', async () => {
  const first = [shellCall('c1', 'echo one')]
  await using scenario = await startScenario(GATED, [first, [shellCall('c2', 'echo two')], says('Done.')])
  await scenario.agentspec('run', 'spec.yaml', 'Go')
  await scenario.agentspec('approve', '-1', '--resume')
  const exported = await scenario.agentspec('state', 'export', '-1')
  writeFileSync(join(scenario.path, 'state.json'), exported.stdout)
  await scenario.agentspec('run', 'spec.yaml', 'Other', '--store', 'sqlite:other.db')
  const imported = await scenario.agentspec('state', 'import', 'state.json', '--store', 'sqlite:other.db')
  expect(imported).toMatchObject({ code: 0, json: { status: 'paused' } })
})

test('commands that ran in a container of the provider are part of the answer, not calls of ours', async () => {
  const spec =
    'agents: { main: { tools: [box] } }\ntools: { box: { type: shell, environment: { type: container_auto } } }\n'
  const ran = shellCall('c1', 'touch made')
  const said = { type: 'shell_call_output', id: 'o1', call_id: 'c1', output: [exit('there\n')] }
  await using scenario = await startScenario(spec, [[ran, said, ...says('Done.')]])
  expect(await scenario.agentspec('run', 'spec.yaml', 'Go', '--session', 's')).toMatchObject({
    code: 0,
    json: { final_output: 'Done.' },
  })
  expect(scenario.requests[0]?.body['tools']).toEqual([
    { type: 'shell', environment: { type: 'container_auto' } },
  ])
  expect(existsSync(join(scenario.path, 'made'))).toBe(false)
  await scenario.agentspec('run', 'spec.yaml', 'And?', '--session', 's')
  expect(scenario.input()).toMatchObject([
    { role: 'user' },
    ran,
    said,
    { role: 'assistant' },
    { role: 'user' },
  ])
})
