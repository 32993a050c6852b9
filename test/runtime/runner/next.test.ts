import { describe, expect, test } from 'vitest'
import { next } from '../../../src/runtime/runner/next.ts'
import { applyEvent, foldJournal } from '../../../src/runtime/state/apply.ts'
import type { EventDraft } from '../../../src/runtime/state/event-draft.ts'
import type { JournalEvent } from '../../../src/runtime/state/events.ts'
import type { Item } from '../../../src/runtime/state/item.ts'
import type { RunState } from '../../../src/runtime/state/run-state.ts'
import { NO_USAGE } from '../../../src/runtime/state/usage.ts'
import { functionTool, program } from '../../support/program.ts'

const spec = program({ tools: [functionTool('read')], source: 'export function read() {}' })

function stateAfter(...drafts: readonly EventDraft[]): RunState {
  const started: EventDraft = {
    type: 'run.started',
    spec: { name: 'test', version: '1.0.0', hash: 'sha256:0' },
    session: null,
    agent: 'main',
    input: [{ role: 'user', content: 'Hi' }],
    context: {},
    options: {},
  }
  const events = [started, ...drafts].map((draft, index): JournalEvent => ({
    ...draft,
    run_id: 'run_1',
    seq: index + 1,
    at: '2026-01-01T00:00:00.000Z',
  }))
  return foldJournal(events)
}

const turn: EventDraft = { type: 'turn.started', turn: 1, agent: 'main' }
const responded = (...items: readonly Item[]): EventDraft => ({
  type: 'model.responded',
  response_id: null,
  items,
  usage: NO_USAGE,
  attempts: 1,
})
const functionCall = (id: string, args = '{}', name = 'read'): Item => ({
  type: 'function_call',
  call_id: id,
  name,
  arguments: args,
})
const message = (text: string): Item => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text }],
})

describe('next', () => {
  test('is pure: it decides twice the same and changes nothing', () => {
    const state = stateAfter(turn, responded(functionCall('a')))
    const before = structuredClone(state)
    expect(next(spec, state, 0)).toEqual(next(spec, state, 0))
    expect(state).toEqual(before)
  })

  test('asks the model first, and again within the same turn when its answer never came', () => {
    expect(next(spec, stateAfter(), 0)).toEqual({ type: 'call_model', agent: 'main', turn: 1, starts: true })
    expect(next(spec, stateAfter(turn), 0)).toEqual({
      type: 'call_model',
      agent: 'main',
      turn: 1,
      starts: false,
    })
  })

  test('takes a text without calls as the answer, and a text with calls as none', () => {
    expect(next(spec, stateAfter(turn, responded(message('Hi'))), 0)).toEqual({
      type: 'finish',
      text: 'Hi',
      from: 'model',
    })
    expect(next(spec, stateAfter(turn, responded(message('Wait'), functionCall('a'))), 0)).toMatchObject({
      type: 'run_calls',
    })
  })

  test('runs the same call given twice once, and fails a response that uses one id for two calls', () => {
    const twice = next(spec, stateAfter(turn, responded(functionCall('a'), functionCall('a'))), 0)
    expect(twice).toMatchObject({ type: 'run_calls', calls: [{ call_id: 'a' }] })
    const ambiguous = next(
      spec,
      stateAfter(turn, responded(functionCall('a'), functionCall('a', '{"n":1}'))),
      0,
    )
    expect(ambiguous).toMatchObject({ type: 'fail', error: { code: 'model_behavior_error', call_id: 'a' } })
  })

  test('fails a response with more calls than the limit before any of them runs', () => {
    const calls = Array.from({ length: 129 }, (_, index) => functionCall(`c${index}`))
    expect(next(spec, stateAfter(turn, responded(...calls)), 0)).toMatchObject({
      type: 'fail',
      error: { code: 'model_behavior_error' },
    })
  })

  test('stops before everything else once a cancel was requested', () => {
    const state = stateAfter(turn, responded(functionCall('a')), { type: 'cancel.requested', by: 'ana' })
    expect(next(spec, state, 0)).toMatchObject({ type: 'cancel', by: 'ana' })
  })

  test('takes a refusal for a failure', () => {
    const refusal: Item = {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'refusal', refusal: 'I will not' }],
    }
    expect(next(spec, stateAfter(turn, responded(refusal)), 0)).toMatchObject({
      type: 'fail',
      error: { code: 'model_refusal' },
    })
  })

  test('begins a new turn where a response answered nothing that fits', () => {
    const state = stateAfter(turn, responded(message('x')))
    applyEvent(state, {
      type: 'run.failed',
      run_id: 'run_1',
      seq: 4,
      at: '2026-01-01T00:00:00.000Z',
      error: { code: 'invalid_final_output', message: 'no' },
    })
    applyEvent(state, {
      type: 'run.resumed',
      run_id: 'run_1',
      seq: 5,
      at: '2026-01-01T00:00:00.000Z',
      reason: 'failed',
      options: {},
    })
    expect(next(spec, state, 0)).toEqual({ type: 'call_model', agent: 'main', turn: 1, starts: false })
  })
})
