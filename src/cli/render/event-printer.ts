/** The events of a run as a person follows them: the answer as it comes, and a line for whatever else happens. */
import { describeTrip } from '../../runtime/guardrails/trip.ts'
import type { EventOf } from '../../runtime/state/events.ts'
import type { RunEvent } from '../../runtime/state/stream-events.ts'
import { printable, printableLine, shorten } from '../terminal/printable.ts'
import type { Theme } from '../terminal/theme.ts'
import { tookTime } from '../terminal/age.ts'
import { callText, outputText } from './call-text.ts'
import type { Screen } from './screen.ts'

export interface PrinterOptions {
  readonly screen: Screen
  readonly theme: Theme
  /** The answer is shown piece by piece. */
  readonly streams: boolean
  /** Other events are shown. */
  readonly progress: boolean
}

export interface EventPrinter {
  readonly print: (event: RunEvent) => void
  /** The text of the current turn that was shown so far. */
  readonly shownText: () => string
}

export function createEventPrinter(options: PrinterOptions): EventPrinter {
  const { screen, streams, progress } = options
  const lines = createLines(options.theme)
  let shown = ''
  return {
    print(event) {
      const isOuter = (event.path ?? []).length === 0
      if (event.type === 'text.delta') {
        if (!streams || !isOuter) return
        shown += event.delta
        screen.answer(printable(event.delta))
        return
      }
      if (event.type === 'turn.started' && isOuter) shown = ''
      if (event.type === 'model.responded' && isOuter) screen.endAnswer()
      const line = progress ? lines(event) : null
      if (line !== null) screen.progress('  '.repeat((event.path ?? []).length) + line)
    },
    shownText: () => shown,
  }
}

type LineOf = (event: RunEvent) => string | null

/** A line for an event that is worth one. Remembers who speaks, and what was asked. */
function createLines(theme: Theme): LineOf {
  const speakers = new Map<string, string>()
  const asked = new Map<number, string>()
  return (event) => {
    switch (event.type) {
      case 'turn.started': {
        const frame = (event.path ?? []).join('/')
        if (speakers.get(frame) === event.agent) return null
        speakers.set(frame, event.agent)
        return theme.bold(`● ${printableLine(event.agent)}`)
      }
      case 'tool.started':
        return `  ${theme.cyan('→')} ${callText(event.tool, event.arguments)}`
      case 'tool.completed':
        return completedLine(theme, event)
      case 'tool.progress':
        return theme.dim(`  … ${printableLine(event.tool)}: ${shorten(printableLine(event.text), 100)}`)
      case 'approval.requested':
        asked.set(event.seq, event.tool)
        return null
      case 'approval.decided':
        return decidedLine(theme, event, asked.get(event.request) ?? event.call_id)
      case 'handoff.occurred':
        return `  ${theme.cyan('⇢')} handed off to ${theme.bold(printableLine(event.to))}`
      case 'guardrail.tripped':
        return `  ${theme.red('✗')} ${shorten(printableLine(describeTrip(event)), 160)}`
      case 'model.requested':
        return event.attempt === 1 ? null : retryLine(theme, event)
      case 'cancel.requested':
        return theme.yellow(`cancelled by ${printableLine(event.by)}`)
      default:
        return null
    }
  }
}

function completedLine(theme: Theme, event: EventOf<'tool.completed'>): string {
  const name = printableLine(event.tool)
  const text = theme.dim(outputText(event.output))
  if (event.reason !== undefined)
    return `  ${theme.yellow('✗')} ${name} ${event.reason.replaceAll('_', ' ')}: ${text}`
  const mark = event.is_error ? theme.red('✗') : theme.green('✓')
  return `  ${mark} ${name} ${text} ${theme.dim(tookTime(event.duration_ms))}`
}

function decidedLine(theme: Theme, event: EventOf<'approval.decided'>, name: string): string {
  const verdict = event.decision === 'approve' ? theme.green('approved') : theme.yellow('rejected')
  return `  ${theme.dim('·')} ${printableLine(name)} ${verdict} by ${printableLine(event.by)}`
}

function retryLine(theme: Theme, event: Extract<RunEvent, { type: 'model.requested' }>): string {
  const why = event.failure === undefined ? '' : `: ${shorten(printableLine(event.failure), 160)}`
  const delay =
    event.delay_ms === undefined || event.delay_ms === 0 ? '' : ` after ${tookTime(event.delay_ms)}`
  return `  ${theme.yellow('!')} ${printableLine(event.model)}${why}; attempt ${event.attempt}${delay}`
}
