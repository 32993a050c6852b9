/** `run.call_model_input_filter`: the last change to what a model is sent. */
import { describe, expect, test } from 'vitest'
import type { Program, RunDefinition } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import { trimOutputs } from '../../../src/runtime/runner/trim-outputs.ts'
import type { Item } from '../../../src/runtime/state/item.ts'
import { compiled, program } from '../../support/program.ts'
import { call, read, runtimeOver, SOURCE } from '../../support/runs.ts'

const HANDLERS = `${SOURCE}
export function last({ items, instructions }, ctx) {
  items[0].content = 'changed by ' + ctx.agent
  return { items: items.slice(-1), instructions: 'Now: ' + process.env.NOTHING + ' s3cret-value' }
}
export const nothing = () => null
export const noItems = () => ({ items: 'none', instructions: null })
export const noInstructions = () => ({ items: [] })
export const noJson = () => ({ items: [{ type: 'message', n: 1n }], instructions: null })
export function breaks() { throw new Error('no filter today') }
`

function filtered(filter: RunDefinition['call_model_input_filter'], script: readonly ScriptStep[]): Program {
  const base = program({ script, tools: [read], source: HANDLERS })
  return {
    ...base,
    secrets: ['PASSPHRASE'],
    run: { ...base.run, ...(filter === undefined ? {} : { call_model_input_filter: filter }) },
    agents: { main: { ...base.agents['main']!, instructions: { template: 'Help. ${PASSPHRASE:-}' } } },
  }
}

describe('a handler', () => {
  test('changes what is sent, without secrets and orphans, and not the history', async () => {
    const script = [
      { ...call('read', { n: 1 }), expect: { items: [{ content: 'changed by main' }] } },
      { text: 'ok', expect: { instructions: { contains: '[redacted:PASSPHRASE]' } } },
    ]
    const runtime = runtimeOver({ PASSPHRASE: 's3cret-value' })
    const spec = compiled(filtered({ handler: 'tools.ts#last' }, script))
    const { run_id, status, error } = await runtime.start(spec, 'Go').result
    expect({ status, error }).toEqual({ status: 'completed', error: null })
    const { items } = await runtime.show(run_id)
    expect(items.map(({ type, content }) => [type, content])).toMatchObject([
      ['message', 'Go'],
      ['function_call', undefined],
      ['function_call_output', undefined],
      ['message', [{ text: 'ok' }]],
    ])
  })

  test('leaves no output without its call', async () => {
    const none = { text: 'ok', expect: { items: [] } }
    const spec = filtered({ handler: 'tools.ts#last' }, [call('read'), none])
    const runtime = runtimeOver()
    const { run_id } = await runtime.start(compiled(spec), 'Go').result
    expect(await runtime.show(run_id)).toMatchObject({ status: 'completed' })
  })

  test.each([
    ['nothing', 'returned no object'],
    ['noItems', 'returned no list of items'],
    ['noInstructions', 'neither a text nor null under "instructions"'],
    ['noJson', 'not JSON'],
    ['breaks', 'no filter today'],
  ])('that gives something else fails the run: %s', async (name, message) => {
    const spec = filtered({ handler: `tools.ts#${name}` }, [{ text: 'ok' }])
    const result = await runtimeOver().start(compiled(spec), 'Go').result
    expect(result).toMatchObject({ status: 'failed', error: { code: 'handler_failed', agent: 'main' } })
    expect(result.error?.message).toContain(message)
  })
})

describe('trimming', () => {
  const user: Item = { type: 'message', role: 'user', content: 'Go' }
  const turn = (id: string, output: Item['output'] = 'x'.repeat(600), name = 'search'): readonly Item[] => [
    { type: 'function_call', call_id: id, name, arguments: '{}' },
    { type: 'function_call_output', call_id: id, output: output ?? '' },
  ]
  const trim = { recent_turns: 2, max_output_chars: 500, preview_chars: 5 }
  const outputsOf = (items: readonly Item[], more: object = {}) =>
    trimOutputs(items, { ...trim, ...more })
      .filter(({ type }) => type === 'function_call_output')
      .map(({ output }) => output)
  const preview = '[Trimmed: search output — 600 chars → 5 char preview]\nxxxxx...'
  const long = 'x'.repeat(600)

  test('shortens long outputs before the latest messages of the user', () => {
    const items = [user, ...turn('a'), user, ...turn('b'), user, ...turn('c')]
    expect(outputsOf(items)).toEqual([preview, long, long])
    expect(outputsOf(items, { recent_turns: 1 })).toEqual([preview, preview, long])
    expect(outputsOf(items, { recent_turns: 4 })).toEqual([long, long, long])
  })

  test('leaves short outputs, other tools, and the list itself when there is nothing to do', () => {
    const items = [user, ...turn('a', 'short'), ...turn('b', long, 'other'), user, user]
    expect(outputsOf(items, { trimmable_tools: ['search'] })).toEqual(['short', long])
    const untouched = [user, ...turn('a', 'short'), user, user]
    expect(trimOutputs(untouched, trim)).toBe(untouched)
  })

  test('drops images, and says so; parts nobody knows stay', () => {
    const image = { type: 'input_image', image_url: `data:${'x'.repeat(800)}` }
    const parts = [{ type: 'input_text', text: 'A chart' }, image]
    expect(outputsOf([user, ...turn('a', parts), user, user])).toEqual([
      '[Trimmed: search output — 812 chars → 5 char preview; dropped 1 input_image]\nA cha...',
    ])
  })

  test('does not cut a character in two', () => {
    expect(outputsOf([user, ...turn('a', `xxxx${'😀'.repeat(300)}`), user, user])).toEqual([
      '[Trimmed: search output — 604 chars → 4 char preview]\nxxxx...',
    ])
  })

  test('shortens what commands and patches said, in their own form', () => {
    const outcome = { type: 'exit', exit_code: 3 }
    const commands = {
      type: 'shell_call_output',
      call_id: 's',
      output: [
        { stdout: 'ab', stderr: long, outcome },
        { stdout: 'more', stderr: '', outcome },
      ],
    }
    const patch = { type: 'apply_patch_call_output', call_id: 'p', status: 'failed', output: long }
    const items = [user, { type: 'shell_call', call_id: 's' }, commands, patch, user, user]
    const natives = { shell: ['run'], apply_patch: ['write'] }
    const trimmed = [
      { stdout: '[Trimmed: run output — 606 chars → 5 char preview]\nabxxx...', stderr: '', outcome },
      { stdout: '', stderr: '', outcome },
    ]
    const short = '[Trimmed: write output — 600 chars → 5 char preview]\nxxxxx...'
    expect(trimOutputs(items, trim, natives).slice(2, 4)).toEqual([
      { ...commands, output: trimmed },
      { ...patch, output: short },
    ])
    const runOnly = trimOutputs(items, { ...trim, trimmable_tools: ['run'] }, natives).slice(2, 4)
    expect(runOnly).toEqual([{ ...commands, output: trimmed }, patch])
    expect(trimOutputs(items, { ...trim, trimmable_tools: ['other'] }, natives)).toBe(items)
  })

  test('in a run: the model sees less, the history keeps all', async () => {
    const trimming = { trim_tool_outputs: { recent_turns: 1, max_output_chars: 8, preview_chars: 2 } }
    const tool = { ...read, handler: 'tools.ts#long' }
    const base = program({
      script: [call('read'), { text: 'one' }],
      tools: [tool],
      source: `export const long = () => ${JSON.stringify(long)}`,
    })
    const first = { ...base, run: { ...base.run, call_model_input_filter: trimming } }
    const runtime = runtimeOver()
    await runtime.start(compiled(first), 'A', { session: 's' }).result
    const seen = { text: 'two', expect: { items: [{ output: { contains: '[Trimmed: read output' } }] } }
    const again = await runtime.start(
      compiled({ ...first, models: program({ script: [seen] }).models }),
      'B',
      { session: 's' },
    ).result
    expect(again).toMatchObject({ status: 'completed', error: null })
    const page = await runtime.store.sessions.read('s')
    expect(page.items).toContainEqual(expect.objectContaining({ output: long }))
  })
})
