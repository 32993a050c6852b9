/** Calls a handler of the spec that is about a run rather than about one call, with a frozen view of the run. */
import type { JsonObject } from '../../util/json.ts'
import { messageOf } from '../../util/message-of.ts'
import { untilAborted } from '../../util/until-aborted.ts'
import { RunFailure } from '../failures.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import type { RunContext } from './run-context.ts'

/** What such a handler is told of the run. The context is a copy: changing it changes nothing. */
export interface HandlerContext {
  readonly run_id: string
  readonly agent: string
  readonly session_id: string | null
  readonly context: JsonObject
}

/** A copy of the context for code of the spec, sensitive values included. */
export function contextOf(run: {
  readonly spec: Pick<LinkedSpec, 'reveal'>
  readonly writer: Pick<RunContext['writer'], 'state'>
}): JsonObject {
  return structuredClone(run.spec.reveal(run.writer.state.context))
}

/**
 * What the handler gives. A run that is stopped at once does not wait for it.
 *
 * @param about what the handler is for, and for which agent; for messages
 * @param args the arguments, from the context the handler gets
 * @throws RunFailure `handler_failed`: it threw. Code that cannot be loaded fails as it does everywhere.
 */
export async function callHandler(
  run: Pick<RunContext, 'spec' | 'signal'> & { readonly writer: Pick<RunContext['writer'], 'state'> },
  reference: string,
  about: { readonly what: string; readonly agent: string },
  args: (ctx: HandlerContext) => readonly unknown[],
): Promise<unknown> {
  const { run_id, session } = run.writer.state
  const { what, agent } = about
  const handler = await run.spec.handler(reference)
  try {
    const given = handler(
      ...args({ run_id, agent, session_id: session?.id ?? null, context: contextOf(run) }),
    )
    return await untilAborted(given, run.signal)
  } catch (error) {
    run.signal.throwIfAborted()
    const message = run.spec.redactor.text(`${what} (${reference}) failed: ${messageOf(error)}`)
    throw new RunFailure({ code: 'handler_failed', message, agent }, { cause: error })
  }
}
