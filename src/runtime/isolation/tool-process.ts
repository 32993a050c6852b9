/**
 * Runs one call of a tool in a process of its own, and ends it with the call: by a timeout also in a busy loop, and with
 * all its memory. It is a process rather than a thread because running out of memory in a thread can end the whole process.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
// A process needs to know which program runs it, and to end others.
// oxlint-disable-next-line no-restricted-imports
import { execPath, kill } from 'node:process'
import { messageOf } from '../../util/message-of.ts'
import { isReply } from './messages.ts'
import type { Ending, Order, RunOrder } from './messages.ts'

/** Megabytes of objects a call may have; buffers are not counted. */
const MEMORY_LIMIT = 512

/** Milliseconds a call has to clean up after its signal was aborted. */
const GRACE = 100

export interface ProcessOptions {
  /** Ends the process, after a moment in which the call may see its own signal. */
  readonly signal: AbortSignal
  readonly progress: (text: string) => void
}

/**
 * How the call ended. The process and all it started are gone then, or about to be.
 *
 * @throws the signal's reason once it is aborted; Error when the process ended before the call did.
 */
export async function runToolProcess(order: RunOrder, options: ProcessOptions): Promise<Ending> {
  const { signal, progress } = options
  signal.throwIfAborted()
  const child = startProcess()
  const stop = (): void => {
    tell(child, { type: 'abort', reason: messageOf(signal.reason) })
    setTimeout(() => endProcess(child), GRACE)
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    tell(child, order)
    const ending = await endingOf(child, progress)
    signal.throwIfAborted()
    return ending
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
    endProcess(child)
  }
}

/**
 * What the tool prints goes to where we complain (4): our own output may be JSON. The dump of a crash goes nowhere. The
 * pipe (5) is open for as long as this process lives.
 */
function startProcess(): ChildProcess {
  const entry = new URL(`./tool-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.mjs'}`, import.meta.url)
  const script = `import { serve } from ${JSON.stringify(entry.href)}; serve()`
  return spawn(
    execPath,
    [`--max-old-space-size=${MEMORY_LIMIT}`, '--input-type=module', '--eval', script],
    // A group of its own: a Ctrl-C is for the run, which decides what becomes of its calls.
    { stdio: ['ignore', 'ignore', 'ignore', 'ipc', 2, 'pipe'], detached: true, windowsHide: true },
  )
}

/** One that is gone already says so itself. */
function tell(child: ChildProcess, order: Order): void {
  if (child.connected) child.send(order, () => {})
}

function endingOf(child: ChildProcess, progress: (text: string) => void): Promise<Ending> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: unknown) => {
      if (!isReply(message)) return
      if (message.type === 'progress') progress(message.text)
      else resolve(message)
    })
    child.on('error', (error) => reject(new Error(`its worker could not be started: ${messageOf(error)}`)))
    child.on('exit', (code, signal) => {
      const end = (): void => reject(new Error(describeEnd(code, signal)))
      // What it said last may still be on the way.
      if (child.connected) child.once('disconnect', end)
      else setImmediate(end)
    })
  })
}

/** Node ends a process without memory by an abort. */
function describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === 'SIGABRT' || code === 134) {
    return `its worker crashed, most likely out of memory (it may use ${MEMORY_LIMIT} MB)`
  }
  return signal === null ? `its worker ended with exit code ${code}` : `its worker was ended by ${signal}`
}

/** With everything it started. */
function endProcess(child: ChildProcess): void {
  const { pid } = child
  if (pid === undefined) return
  try {
    kill(-pid, 'SIGKILL')
  } catch {
    // The group is gone, or the system has no groups.
    child.kill('SIGKILL')
  }
}
