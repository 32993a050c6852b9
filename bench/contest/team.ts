/** The processes of the comparison: the server, and a long-lived worker for each contestant. */
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Figures, Work } from './work.ts'

export interface Worker extends Disposable {
  readonly name: string
  ask(work: Work): Promise<Figures>
}

export interface Server extends Disposable {
  readonly baseUrl: string
}

/** Nothing that listens for a proxy, a certificate or a debugger: the same surroundings for everybody. */
const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' }

export async function startServer(): Promise<Server> {
  const child = start('server.ts')
  const port = await answerOf<number>(child)
  return { baseUrl: `http://127.0.0.1:${port}/v1`, [Symbol.dispose]: () => child.disconnect() }
}

/** A worker with a contestant loaded: a module here, or in `../peers`. */
export async function startWorker(
  name: string,
  module: string,
  arena: { baseUrl: string; folder: string },
): Promise<Worker> {
  const child = start('worker.ts')
  const ask = async (work: Work): Promise<Figures> => {
    child.send(work)
    return answerOf<Figures>(child)
  }
  const folder = join(arena.folder, `${name.replaceAll(/\W/g, '-')}-${child.pid}`)
  await ask({ type: 'load', module, arena: { baseUrl: arena.baseUrl, apiKey: API_KEY, folder } })
  return { name, ask, [Symbol.dispose]: () => child.disconnect() }
}

export const API_KEY = 'sk-bench-0123456789abcdef'

function start(file: string): ChildProcess {
  return fork(join(import.meta.dirname, file), [], { env, execArgv: ['--expose-gc', '--no-warnings'] })
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const stopped = new AbortController()
  const { signal } = stopped
  try {
    const gone = once(child, 'exit', { signal }).then(() => {
      throw new Error('a process of the bench ended before it answered')
    })
    const [answer] = (await Promise.race([once(child, 'message', { signal }), gone])) as [T]
    return answer
  } finally {
    stopped.abort()
  }
}
