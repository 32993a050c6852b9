/**
 * `session.compaction`: once a run has completed, a long session is replaced by what its provider makes of it. What is replaced is
 * hidden, never deleted; the session changes in one transaction, so that it reads as before or as after, whatever happens.
 */
import type { CompactionDefinition } from '../../compiler/program.ts'
import { messageOf } from '../../util/message-of.ts'
import { ModelFailure } from '../failures.ts'
import type { LinkedModel } from '../link/linked-spec.ts'
import type { CompactionRequest, CompactionResponse } from '../models/model.ts'
import type { SessionStretch } from '../sessions/session-store.ts'
import type { SpecSessions } from '../sessions/spec-sessions.ts'
import { keptItems, withoutOrphans } from '../state/history.ts'
import type { Item } from '../state/item.ts'
import { rootFrame } from '../state/run-state.ts'
import { agentOf } from '../tools/resolve-call.ts'
import type { Emission, RunContext } from './run-context.ts'

/**
 * Compacts the session of a run that has just completed, if it has grown long enough. A failure is a warning: the run has
 * completed, and the session goes on as it is.
 */
export async function* compactSession(
  run: RunContext,
  sessions: SpecSessions | null,
  warn: (message: string) => void,
): AsyncGenerator<Emission, void> {
  const { compaction } = run.spec.program.session
  const { session, phase } = run.writer.state
  if (compaction === undefined || session === null || phase !== 'completed') return
  if (sessions?.place !== 'run_store' || session.items !== undefined || run.signal.aborted) return
  try {
    const page = await sessions.store.read(session.id)
    if (page.items.filter(isCandidate).length < compaction.threshold) return
    const compacted = await compact(run, compaction, page)
    if (compacted === null) return
    yield await run.writer.replaceSession(
      { type: 'session.compacted', from: page.from, upto: page.upto, ...compacted.event },
      { items: run.spec.redactor.json(compacted.items), replaces: { from: page.from, upto: page.upto } },
    )
  } catch (error) {
    if (run.signal.aborted) return
    const why = run.spec.redactor.text(messageOf(error))
    warn(`session ${session.id} was not compacted, and goes on as it is: ${why}`)
  }
}

/** What counts for the threshold: what no user said, and what is not compacted already. */
function isCandidate(item: Item): boolean {
  return item['role'] !== 'user' && item['type'] !== 'compaction'
}

interface Compacted {
  readonly items: readonly Item[]
  readonly event: {
    readonly mode: 'previous_response_id' | 'input'
    readonly usage: CompactionResponse['usage']
  }
}

/** `null`: the model is one of a test or a script, and has nothing that compacts. */
async function compact(
  run: RunContext,
  { mode }: CompactionDefinition,
  page: SessionStretch,
): Promise<Compacted | null> {
  const { agent } = rootFrame(run.writer.state)
  const [first] = await run.spec.models(agent, run.writer.state.options)
  if (first?.model.compact === undefined) return null
  const settings = { ...first.definition.settings, ...agentOf(run.spec.program, agent).model_settings }
  const response = settings['store'] === false ? null : wholeResponse(run, page)
  if (mode === 'previous_response_id' && response === null) {
    throw new ModelFailure('the provider has no stored response to all of it, which the mode asks for')
  }
  const history =
    mode === 'input' || response === null
      ? { items: withoutOrphans(page.items) }
      : { previous_response_id: response }
  const { items, usage } = await ask(run, first, { history, settings })
  return { items, event: { mode: 'items' in history ? 'input' : 'previous_response_id', usage } }
}

function ask(
  run: RunContext,
  { model, definition }: LinkedModel,
  request: CompactionRequest,
): Promise<CompactionResponse> {
  const limit = AbortSignal.timeout(definition.timeout)
  const signal = AbortSignal.any([run.signal, limit])
  const asked = model.compact?.(request, { signal })
  return asked ?? Promise.reject(new ModelFailure(`${model.name} does not compact`))
}

/**
 * The id of the last response, if the model was sent everything that is visible and answered with the end of it; else `null`. What
 * a limit, a filter or a callback kept from the model, and what came after its answer, would otherwise be lost.
 */
function wholeResponse(run: RunContext, page: SessionStretch): string | null {
  const frame = rootFrame(run.writer.state)
  const { session } = run.writer.state
  const { response, calls, merged, view, answered } = frame
  if (session === null || response === null || calls.length > 0 || merged !== null || view !== null)
    return null
  if (run.spec.program.run.call_model_input_filter !== undefined) return null
  const sent = session.upto - session.from + keptItems(frame).length
  const isWhole = page.from === session.from && page.items.length === sent
  return isWhole && frame.items.at(-1) === response.at(-1) ? answered.response_id : null
}
