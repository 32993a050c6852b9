/** A thread that erases types: when Node's reader breaks in it, only the thread is lost. */
import threads from 'node:worker_threads'
import { isJsonObject } from './json.ts'
import type { Json } from './json.ts'
import { messageOf } from './message-of.ts'
import { EXHAUSTED, readFailure } from './strip-types.ts'
import type { StripResult } from './strip-types.ts'

export interface StripThread {
  /** As `stripTypes`. One text at a time. After a result that is `exhausted` the thread is of no more use. */
  strip(source: string): Promise<StripResult>
  end(): void
}

/** What runs in the thread. */
const program = `
  const { stripTypeScriptTypes } = require('node:module')
  const { parentPort } = require('node:worker_threads')
  process.emitWarning = () => {}
  const read = (source) => {
    try {
      return { code: stripTypeScriptTypes(source) }
    } catch ({ code, message, stack }) {
      return { failure: { code, message, stack } }
    }
  }
  parentPort.on('message', (source) => parentPort.postMessage(read(source)))
`

/** Starts a thread. It does not keep the process alive unless somebody waits for it. */
export function startStripThread(): StripThread {
  const worker = new threads.Worker(program, { eval: true, env: {}, execArgv: [] })
  worker.unref()
  let answered: (answer: unknown) => void = () => {}
  worker.on('message', (answer: unknown) => answered(answer))
  // Out of memory, most likely.
  worker.on('error', (error) =>
    answered({ failure: { code: EXHAUSTED, message: messageOf(error), stack: '' } }),
  )
  return {
    strip: async (source) => {
      worker.ref()
      const answer = await new Promise((resolve) => {
        answered = resolve
        worker.postMessage(source, [])
      })
      worker.unref()
      return readAnswer(answer, source)
    },
    end: () => void worker.terminate(),
  }
}

/** @throws Error for a failure that is not about the source. */
function readAnswer(answer: unknown, source: string): StripResult {
  const { code, failure } = isJsonObject(answer) ? answer : {}
  if (typeof code === 'string') return { ok: true, code }
  const { code: kind, message, stack } = isJsonObject(failure) ? failure : {}
  const thrown = { code: kind, message: textOf(message), stack: textOf(stack) }
  const result = readFailure(thrown, source)
  if (result === undefined) throw new Error(`types cannot be erased: ${thrown.message}`)
  return result
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
