/** `session.input_callback`: what the model sees of a session and the input, and what the session keeps. */
import { describe, expect, test } from 'vitest'
import type { Program } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { compiled, program } from '../../support/program.ts'
import { call, runtimeOver, SOURCE, write } from '../../support/runs.ts'

const ok: ScriptStep = { text: 'ok' }

const HANDLERS = `${SOURCE}
export const shown = ({ items, instructions }) => {
  globalThis.shownToModel = items.map(({ role, content }) => (role === 'assistant' ? 'answer' : content))
  return { items, instructions }
}
export const lastTwo = (history, input, ctx) => {
  if (!ctx.session_id.startsWith('s') || ctx.agent !== 'main') throw new Error('where am I?')
  return [...history.slice(-2), ...input]
}
export function rewrites(history, input) {
  for (const item of history) if (item.role === 'user') item.content = 'someone said something'
  input[0].content = 'SAY: ' + input[0].content
  return [{ role: 'developer', content: 'Be kind' }, ...history, ...input]
}
export function copies(history, input) {
  return JSON.parse(JSON.stringify([...input, ...history, ...input]))
}
export function forgets() { return [] }
export function mutates(history, input) {
  history.length = 0
  input.push({ role: 'user', content: 'slipped in' })
  return [{ role: 'user', content: 'only this' }]
}
export const nothing = () => undefined
export const text = () => 'no list'
export const holes = (history, input) => [...input, null]
export const noJson = (history, input) => [...input, { n: 1n }]
export function breaks() { throw new Error('no merging today: s3cret-value') }
let asked = 0
export function breaksOnce(history, input) { if (asked++ === 0) throw new Error('not yet'); return input }
`

function merging(name: string, script: readonly ScriptStep[]): Program {
  const base = program({ script, tools: [write], source: HANDLERS })
  return {
    ...base,
    secrets: ['PASSPHRASE'],
    run: { ...base.run, call_model_input_filter: { handler: 'tools.ts#shown' } },
    session: { ...base.session, input_callback: { handler: `tools.ts#${name}` } },
  }
}

/** What the model was sent last, by a program that merges. */
const shown = (): unknown => Reflect.get(globalThis, 'shownToModel')

async function turns(runtime: Runtime, spec: Program, ...inputs: string[]): Promise<string> {
  let id = ''
  for (const input of inputs) {
    const { run_id, status, error } = await runtime.start(compiled(spec), input, { session: 's' }).result
    expect({ status, error }).toEqual({ status: 'completed', error: null })
    id = run_id
  }
  return id
}

async function kept(runtime: Runtime): Promise<readonly unknown[]> {
  const { items } = await runtime.store.sessions.read('s')
  return items.map(({ role, content }) => (role === 'assistant' ? 'answer' : content))
}

describe('the callback', () => {
  test('decides what the model sees, and the session keeps everything that is new, once', async () => {
    const runtime = runtimeOver()
    await turns(runtime, merging('lastTwo', [ok, ok, ok]), 'one', 'two', 'three')
    expect(shown()).toEqual(['two', 'answer', 'three'])
    expect(await kept(runtime)).toEqual(['one', 'answer', 'two', 'answer', 'three', 'answer'])
  })

  test('keeps input as it rewrote it, and never history again, however it changed it', async () => {
    const runtime = runtimeOver()
    await turns(runtime, program({ script: [ok] }), 'one')
    await turns(runtime, merging('rewrites', [ok]), 'two')
    expect(shown()).toEqual(['Be kind', 'someone said something', 'answer', 'SAY: two'])
    expect(await kept(runtime)).toEqual(['one', 'answer', 'Be kind', 'SAY: two', 'answer'])
  })

  test('recognises items that it made anew: what reads like history is history, each item of it once', async () => {
    const runtime = runtimeOver()
    await turns(runtime, program({ script: [ok] }), 'one')
    await turns(runtime, merging('copies', [ok]), 'one')
    expect(shown()).toEqual(['one', 'one', 'answer', 'one'])
    // Of the three that read alike one was history.
    expect(await kept(runtime)).toEqual(['one', 'answer', 'one', 'one', 'answer'])
  })

  test('may leave out everything, and change its lists without any effect', async () => {
    const runtime = runtimeOver()
    await turns(runtime, merging('forgets', [ok]), 'one')
    expect(shown()).toEqual([])
    await turns(runtime, merging('mutates', [ok]), 'two')
    expect(shown()).toEqual(['only this'])
    expect(await kept(runtime)).toEqual(['answer', 'only this', 'answer'])
  })

  test('is not asked without a session', async () => {
    const { status } = await runtimeOver().start(compiled(merging('breaks', [ok])), 'Go').result
    expect(status).toBe('completed')
  })
})

describe('what it gave is journaled', () => {
  test('by places in the history, so that a run of a long session costs what is new', async () => {
    const runtime = runtimeOver()
    await turns(runtime, program({ script: [ok, ok, ok] }), 'a'.repeat(1000), 'b'.repeat(1000))
    const id = await turns(runtime, merging('lastTwo', [ok]), 'c')
    const started = (await runtime.events(id)).find(({ type }) => type === 'turn.started')
    expect(started).toMatchObject({ merged: { view: [2, 3, { content: 'c' }], input: [2] } })
    expect(JSON.stringify(started).length).toBeLessThan(500)
  })

  test('and a resumed run sees the same without asking again', async () => {
    const runtime = runtimeOver()
    await turns(runtime, program({ script: [ok, ok] }), 'one', 'two')
    const spec = compiled(merging('lastTwo', [call('write', { n: 1 }), ok]))
    const paused = await runtime.start(spec, 'three', { session: 's' }).result
    expect(paused.status).toBe('paused')
    // Another turn meanwhile is no part of this run.
    await turns(runtime, program({ script: [ok] }), 'between')
    await runtime.decide(paused.run_id, { calls: 'all', decision: 'approve', by: 'ann' })
    const { status, error } = await runtime.resume(paused.run_id).result
    expect({ status, error }).toEqual({ status: 'completed', error: null })
    expect(shown()).toEqual(['two', 'answer', 'three', undefined, undefined])
  })
})

test('a fork from before the first turn merges its own input, and its branch keeps it once', async () => {
  const runtime = runtimeOver()
  await turns(runtime, program({ script: [ok] }), 'one')
  const id = await turns(runtime, merging('lastTwo', [ok, ok]), 'two')
  const { run_id } = await runtime.fork(id, 1)
  const { status } = await runtime.resume(run_id).result
  expect(status).toBe('completed')
  const branch = await runtime.store.sessions.read(`s~${run_id}`)
  expect(branch.items.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant'])
})

describe('a callback that fails', () => {
  test.each([
    ['nothing', 'returned undefined, not a list of items'],
    ['text', 'returned string, not a list of items'],
    ['holes', 'returned a list with something that is no item'],
    ['noJson', 'returned what is not JSON'],
    ['breaks', 'failed: no merging today: [redacted:PASSPHRASE]'],
  ])('%s fails the run, and the session stays as it was', async (name, message) => {
    const runtime = runtimeOver({ PASSPHRASE: 's3cret-value' })
    const spec = compiled(merging(name, [ok]))
    const { status, error } = await runtime.start(spec, 'Go', { session: 's' }).result
    expect(status).toBe('failed')
    expect(error?.code).toBe('handler_failed')
    expect(error?.message).toContain(`session.input_callback (tools.ts#${name}) ${message}`)
    expect(await kept(runtime)).toEqual([])
  })

  test('is asked again when the run is resumed', async () => {
    const runtime = runtimeOver()
    const spec = compiled(merging('breaksOnce', [ok]))
    const { run_id } = await runtime.start(spec, 'Go', { session: 's' }).result
    const { status } = await runtime.resume(run_id).result
    expect(status).toBe('completed')
    expect(await kept(runtime)).toEqual(['Go', 'answer'])
  })
})
