/** What runs in the process of an isolated call: loads the module from the Program's bytes, and calls the tool. */
import { writeSync } from 'node:fs'
// This is the program of a process.
// oxlint-disable-next-line no-restricted-imports
import process from 'node:process'
import { Writable } from 'node:stream'
import threads from 'node:worker_threads'
import { messageOf } from '../../util/message-of.ts'
import { createModuleLoader, resolveHandler } from '../modules/module-loader.ts'
import { outputOf } from '../tools/tool-output.ts'
import type { ToolContext } from '../tools/tool-context.ts'
import { isOrder } from './messages.ts'
import type { Ending, Reply, RunOrder } from './messages.ts'

/** Descriptors the run has given us. */
const LOG = 4
const LIFELINE = 5

/** Waits for the one call this process is for. The run ends the process. */
export function serve(): void {
  printToLog()
  endWithRun()
  const aborted = new AbortController()
  process.on('uncaughtException', (error) => {
    reply({ type: 'threw', message: `an error outside of the call: ${messageOf(error)}` })
  })
  process.on('message', (order: unknown) => {
    if (!isOrder(order)) return
    if (order.type === 'abort') aborted.abort(new Error(order.reason))
    else void run(order, aborted.signal).then(reply)
  })
}

function reply(message: Reply): void {
  process.send?.(message)
}

async function run(order: RunOrder, signal: AbortSignal): Promise<Ending> {
  const loaded = await load(order)
  if ('message' in loaded) return { type: 'unloadable', message: loaded.message }
  if (order.call === null) return { type: 'loaded' }
  const { args, ctx } = order.call
  const context: ToolContext = {
    ...ctx,
    signal,
    progress: (text: unknown) => reply({ type: 'progress', text: String(text) }),
  }
  try {
    const value: unknown = await loaded.handler(args, context)
    // What is not JSON fails here, in words.
    outputOf(value)
    return { type: 'returned', value: jsonText(value), context: jsonText(context.context) }
  } catch (error) {
    return { type: 'threw', message: messageOf(error) }
  }
}

async function load({
  set,
  reference,
}: RunOrder): Promise<{ handler: (...args: readonly unknown[]) => unknown } | { message: string }> {
  try {
    return { handler: await resolveHandler(createModuleLoader(), set, reference) }
  } catch (error) {
    return { message: messageOf(error) }
  }
}

/** `null` for what JSON leaves out. */
function jsonText(value: unknown): string | null {
  const text: unknown = JSON.stringify(value)
  return typeof text === 'string' ? text : null
}

/** At once, so that nothing is lost when the process is ended. */
function printToLog(): void {
  const log = new Writable({
    write(chunk: Buffer, _encoding, done) {
      try {
        writeSync(LOG, chunk)
      } catch {
        // Nobody reads it: that is no reason for a tool to fail.
      }
      done()
    },
  })
  for (const name of ['stdout', 'stderr']) Object.defineProperty(process, name, { value: log })
}

/** A run that was killed takes its calls along, busy or not: whoever resumes it must be alone. */
function endWithRun(): void {
  const script = `const { Socket } = process.getBuiltinModule('node:net')
  new Socket({ fd: ${LIFELINE} }).on('error', () => {}).on('close', () => {
    try { process.kill(-process.pid, 'SIGKILL') } catch { process.kill(process.pid, 'SIGKILL') }
  }).resume()`
  new threads.Worker(script, { eval: true, execArgv: [] }).unref()
}
