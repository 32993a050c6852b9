/** Drives runs for a person or a program: shows what happens, asks for approvals, stops on Ctrl-C, reports the end. */
import type { RunResult } from '../../runtime/run-result.ts'
import type { Runtime, RunStream } from '../../runtime/runtime.ts'
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
  return { runtime, invocation, settings, screen, printer, postponed: new Set() }
}

/** Drives a run until it rests and nothing more can be asked of the person. */
export async function driveToRest(driver: Driver, stream: RunStream): Promise<RunResult> {
  let result = await follow(driver, stream)
  while (driver.settings.asks && result.status === 'paused') {
    const goesOn = await askForDecisions(driver, result.run_id)
    if (!goesOn) return readResult(driver.runtime, result.run_id)
    result = await follow(driver, driver.runtime.resume(result.run_id, laterOptions(driver.settings)))
  }
  return result
}

/** For the same run once more: what its tools have made of its context stays. */
export function laterOptions({ options }: RunSettings): RunSettings['options'] {
  const { context: _given, ...rest } = options
  return rest
}

async function follow(driver: Driver, stream: RunStream): Promise<RunResult> {
  const { context } = driver.invocation
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
    for await (const event of stream) await show(driver, event, hurry.signal)
    return await stream.result
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
