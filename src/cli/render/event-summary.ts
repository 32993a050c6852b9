/** One journaled event on one line. */
import { describeTrip } from '../../runtime/guardrails/trip.ts'
import type { JournalEvent } from '../../runtime/state/events.ts'
import { printableLine, shorten } from '../terminal/printable.ts'
import { plural } from '../report/check-report.ts'
import { callText, outputText } from './call-text.ts'
import { specName } from './names.ts'

/** What happened, without type and time. */
export function eventSummary(event: JournalEvent): string {
  return shorten(printableLine(summaryOf(event)), 160)
}

function summaryOf(event: JournalEvent): string {
  switch (event.type) {
    case 'run.started':
      return `${specName(event.spec)}, agent ${event.agent}`
    case 'run.resumed':
      return event.spec === undefined ? event.reason : `${event.reason}, on ${specName(event.spec)}`
    case 'run.migrated':
      return `to ${specName(event.spec)}`
    case 'drift.accepted':
      return `drift of ${plural(event.tools.length, 'tool')}`
    case 'turn.started':
      return `turn ${event.turn}, agent ${event.agent}`
    case 'model.responded':
      return `${event.withheld === true ? 'withheld' : plural(event.items.length, 'item')}, ${plural(event.usage.total_tokens, 'token')}`
    case 'tool.started':
      return `${event.call_id} ${callText(event.tool, event.arguments)}${by(event.decision)}`
    case 'tool.completed':
      return `${event.call_id} ${event.tool}: ${event.reason ?? (event.is_error ? 'error' : 'ok')}, ${outputText(event.output)}`
    case 'approval.requested':
      return `${event.call_id} ${callText(event.tool, event.arguments)}${event.elicitation === undefined ? '' : ` asks: ${event.elicitation.message}`}`
    case 'approval.decided':
      return `${event.call_id} #${event.request} ${event.decision}${event.always ? ' always' : ''} by ${event.by}`
    case 'handoff.occurred':
      return `${event.from} to ${event.to}`
    case 'guardrail.tripped':
      return describeTrip(event)
    case 'session.compacted':
      return `items ${event.from + 1} to ${event.upto}`
    case 'session.appended':
      return `up to event ${event.upto}`
    case 'input.added':
      return plural(event.items.length, 'item')
    case 'run.paused':
      return `${plural(event.interruptions.length, 'call')} to decide`
    case 'run.completed':
      return typeof event.final_output === 'string' ? event.final_output : JSON.stringify(event.final_output)
    case 'run.failed':
      return `${event.error.code}: ${event.error.message}`
    case 'cancel.requested':
    case 'run.cancelled':
      return `by ${event.by}${event.reason === undefined ? '' : `: ${event.reason}`}`
  }
}

function by(decision: number | null): string {
  return decision === null ? '' : ` (decision ${decision})`
}
