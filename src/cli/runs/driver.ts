/** Drives runs for a person or a program: shows what happens, asks for approvals, stops on Ctrl-C, reports the end. */
import type { DriftedTool } from '../../runtime/lock/lock-drift.ts'
import type { RunResult } from '../../runtime/run-result.ts'
import type { Runtime, RunStream, SegmentOptions } from '../../runtime/runtime.ts'
import type { AcceptedTool } from '../../runtime/state/mcp-tools.ts'
import type { RunEvent } from '../../runtime/state/stream-events.ts'
import type { Invocation } from '../command.ts'
import { Interrupted } from '../failures.ts'
import { pacedWrite } from '../terminal/paced-write.ts'
import { createEventPrinter } from '../render/event-printer.ts'
import type { EventPrinter } from '../render/event-printer.ts'
import { createScreen } from '../render/screen.ts'
import { askForDecisions } from './ask-for-decisions.ts'
import type { Asking } from './ask-for-decisions.ts'
import type { RunSettings } from './run-settings.ts'

export interface Driver extends Asking {
  /** Drift of MCP servers that the person has accepted here: later runs of this command do not ask for it again. */
  readonly acceptedDrift: AcceptedTool[]
  readonly settings: RunSettings
  readonly printer: EventPrinter
}

export function createDriver(runtime: Runtime, invocation: Invocation, settings: RunSettings): Driver {
  const { context, output } = invocation
  const screen = createScreen(context)
  const printer = createEventPrinter({
    screen,
    theme: output.err,
    streams: settings.shows === 'text' && context.isTerminal.stdout,
    progress: settings.shows !== 'events' && !output.quiet,
  })
  return { runtime, invocation, settings, screen, printer, postponed: new Set(), acceptedDrift: [] }
}

/** What a run of this command begins with: `--accept-drift`, or what was accepted in an earlier one. */
export function acceptedSoFar({ settings, acceptedDrift }: Driver): Pick<SegmentOptions, 'acceptDrift'> {
  if (settings.options.acceptDrift === true) return { acceptDrift: true }
  return acceptedDrift.length === 0 ? {} : { acceptDrift: acceptedDrift }
}

/** Drives a run until it rests and nothing more can be asked of the person. */
export async function driveToRest(driver: Driver, stream: RunStream): Promise<RunResult> {
  let { result, drift } = await follow(driver, stream)
  while (driver.settings.asks && (result.status === 'paused' || drift.length > 0)) {
    const goesOn =
      drift.length > 0
        ? await takesDrift(driver, result.run_id, drift)
        : await askForDecisions(driver, result.run_id)
    if (!goesOn) return readResult(driver.runtime, result.run_id)
    const options = { ...laterOptions(driver.settings), ...acceptedSoFar(driver) }
    ;({ result, drift } = await follow(driver, driver.runtime.resume(result.run_id, options)))
  }
  return result
}

/** Loaded only where there is drift. */
async function takesDrift(driver: Driver, runId: string, drift: readonly DriftedTool[]): Promise<boolean> {
  const { askAboutDrift } = await import('../lock/ask-about-drift.ts')
  if (!(await askAboutDrift(driver.runtime, driver.invocation, runId, drift))) return false
  driver.acceptedDrift.push(...drift.map(({ server, tool, now: { hash } }) => ({ server, tool, hash })))
  return true
}

interface Followed {
  readonly result: RunResult
  /** Why it failed, if that was the reason. */
  readonly drift: readonly DriftedTool[]
}

/** For the same run once more: what its tools have made of its context stays. */
export function laterOptions({ options }: RunSettings): RunSettings['options'] {
  const { context: _given, ...rest } = options
  return rest
}

async function follow(driver: Driver, stream: RunStream): Promise<Followed> {
  const { context } = driver.invocation
  let drift: readonly DriftedTool[] = []
  let interrupts = 0
  const hurry = new AbortController()
  const stopListening = context.onSignal((signal) => {
    interrupts = signal === 'SIGTERM' ? 2 : interrupts + 1
    stream.stop(interrupts === 1 ? 'after_turn' : 'now')
    if (interrupts > 1) hurry.abort()
    const words = interrupts === 1 ? 'finishing this turn (Ctrl-C again to stop now)' : 'stopping now'
    driver.screen.progress(driver.invocation.output.err.yellow(words))
  })
  try {
    for await (const event of stream) {
      if (event.type === 'lock.drifted') drift = event.drift
      await show(driver, event, hurry.signal)
    }
    const result = await stream.result
    return { result, drift: result.error?.code === 'lock_drift' ? drift : [] }
  } catch (error) {
    // The reason of the stop itself comes back when there was nothing to save yet.
    const isReason = error instanceof Error && error.name === 'Error'
    if (interrupts < 2 || !isReason) throw error
    throw new Interrupted('Stopped before the run began')
  } finally {
    driver.screen.endAnswer()
    stopListening()
  }
}

async function show(driver: Driver, event: RunEvent, hurry: AbortSignal): Promise<void> {
  const { stdout } = driver.invocation.context
  if (driver.settings.shows === 'events') await pacedWrite(stdout, `${JSON.stringify(event)}\n`, hurry)
  else driver.printer.print(event)
}

/** Somebody may have decided a part of what was asked. */
async function readResult(runtime: Runtime, runId: string): Promise<RunResult> {
  const { items: _items, context: _context, seq: _seq, ...result } = await runtime.show(runId)
  return result
}
