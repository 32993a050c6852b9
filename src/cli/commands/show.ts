/** `agentspec show`: one run, as it is or as it was. */
import type { Runtime, RunView } from '../../runtime/runtime.ts'
import type { JournalEvent } from '../../runtime/state/events.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand, Invocation } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { conversationLines } from '../render/conversation.ts'
import { eventSummary } from '../render/event-summary.ts'
import { finalOutputText } from '../render/final-output.ts'
import { shortHash, specName, statusText } from '../render/names.ts'
import { nextSteps } from '../render/next-steps.ts'
import { usageLine } from '../render/usage-line.ts'
import { followUp, withExistingRuntime } from '../runs/open-runtime.ts'
import { waitingCalls } from '../runs/waiting-calls.ts'
import { printable, printableLine } from '../terminal/printable.ts'
import { tableLines } from '../terminal/table.ts'
import type { Theme } from '../terminal/theme.ts'
import { countValue } from '../values.ts'

export const defineShow: DefineCommand = (command, bind) => {
  command
    .description('Shows a run: its status, what was said and called, what it waits for, and how to go on.')
    .argument('<run>', 'its id, the beginning of one, or "latest" (also -1)')
    .option('--events', 'its journal instead')
    .option('--at <seq>', 'as it was after this event')
  addExamples(command, [
    ['agentspec show latest', 'the run started last'],
    ['agentspec show run_01j --at 6', 'as it was after event 6'],
  ])
  bind(command, show)
}

const show: Action = async (invocation) => {
  const { args, flags, output } = invocation
  const written = flags.text('at')
  const at = written === undefined ? undefined : countValue('--at', written, 1)
  return withExistingRuntime(invocation, async (runtime) => {
    const runId = await runtime.findRun(args[0] ?? '')
    // Also refuses an `at` that the run never had.
    const view = await runtime.show(runId, at)
    if (flags.has('events')) {
      const events = (await runtime.events(runId)).filter((event) => event.seq <= view.seq)
      if (output.json) output.printJson({ run_id: runId, events })
      else output.print(eventTable(events, output.out).join('\n'))
    } else if (output.json) output.printJson(view)
    else output.print((await viewLines(runtime, invocation, view, at)).join('\n'))
    return EXIT.done
  })
}

function eventTable(events: readonly JournalEvent[], theme: Theme): readonly string[] {
  return tableLines(
    events.map((event) => [
      theme.dim(String(event.seq)),
      theme.dim(event.at),
      event.type,
      eventSummary(event),
    ]),
    theme.columns,
  )
}

async function viewLines(
  runtime: Runtime,
  invocation: Invocation,
  view: RunView,
  at: number | undefined,
): Promise<readonly string[]> {
  const theme = invocation.output.out
  const { spec, session_id: session } = view
  const facts: readonly (readonly [string, string])[] = [
    ['status', statusText(view.status, theme) + (at === undefined ? '' : ` (after event ${at})`)],
    ['spec', `${specName(spec)} ${theme.dim(shortHash(spec.hash))}`],
    ...(session === null ? [] : [['session', printableLine(session)] as const]),
    ['agent', printableLine(view.last_agent)],
    ['started', view.started_at],
    ['updated', view.updated_at],
    ...(Object.keys(view.context).length === 0 ? [] : [['context', contextText(view)] as const]),
  ]
  const steps = at === undefined ? await stepLines(runtime, invocation, view) : []
  return [
    theme.bold(view.run_id),
    ...tableLines(
      facts.map(([name, value]) => [`  ${theme.dim(name)}`, value]),
      theme.columns,
    ),
    '',
    ...conversationLines(view.items, theme),
    ...endLines(view, theme),
    '',
    ...steps,
    theme.dim(usageLine(view)),
  ]
}

function contextText(view: RunView): string {
  return printableLine(JSON.stringify(view.context))
}

/** The final output, unless the conversation ends with it; the error. */
function endLines(view: RunView, theme: Theme): readonly string[] {
  if (view.error !== null)
    return ['', `${theme.red('error:')} ${printable(view.error.message)} (${view.error.code})`]
  if (view.final_output === null || typeof view.final_output === 'string') return []
  return ['', printable(finalOutputText(view.final_output))]
}

async function stepLines(
  runtime: Runtime,
  invocation: Invocation,
  view: RunView,
): Promise<readonly string[]> {
  const waiting = await waitingCalls(runtime.store, view.run_id)
  const command = (words: string): string => followUp(invocation, words)
  const lines = nextSteps(view, waiting, { theme: invocation.output.out, command })
  return lines.length === 0 ? [] : [...lines, '']
}
