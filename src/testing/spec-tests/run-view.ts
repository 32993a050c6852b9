/** What expectations see of a run. */
import type { RunResult } from '../../runtime/run-result.ts'
import { requestView } from '../../runtime/models/scripted/expectation.ts'
import type { ModelRequest } from '../../runtime/models/model.ts'
import type { JournalEvent } from '../../runtime/state/events.ts'
import { parseJson } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'

export interface ObservedRun {
  readonly result: RunResult
  readonly journal: readonly JournalEvent[]
  /** The last one, when there was any. */
  readonly request: ModelRequest | undefined
  readonly exitCode: number
}

/** The value of one key of `expect`; `undefined`: there is none. */
export function viewOf(run: ObservedRun, key: string): Json | undefined {
  switch (key) {
    case 'tool_calls':
      return plain(toolCalls(run.journal))
    case 'events':
      return plain(run.journal)
    case 'model_input':
      return run.request === undefined ? undefined : plain(requestView(run.request))
    case 'exit_code':
      return run.exitCode
    default: {
      const { [key]: value } = Object.fromEntries(Object.entries(run.result))
      return value === undefined ? undefined : plain(value)
    }
  }
}

/** Calls whose body ran, in the order in which they began, with their results as far as they have one. */
function toolCalls(journal: readonly JournalEvent[]): readonly object[] {
  return journal.flatMap((event) => {
    if (event.type !== 'tool.started') return []
    const { call_id, turn, agent, tool, kind, server, arguments: args, path = [] } = event
    const end = journal.find(
      (other) =>
        other.type === 'tool.completed' &&
        other.seq > event.seq &&
        other.call_id === call_id &&
        other.turn === turn &&
        String(other.path ?? []) === String(path),
    )
    const result = end?.type === 'tool.completed' ? { output: end.output, is_error: end.is_error } : {}
    return [{ call_id, turn, agent, tool, kind, server, arguments: args, path, ...result }]
  })
}

function plain(value: unknown): Json {
  return parseJson(JSON.stringify(value))
}
