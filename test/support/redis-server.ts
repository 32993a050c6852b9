/**
 * A Redis server for tests: the one `AGENTSPEC_TEST_REDIS_URL` names, else a throw-away one from the program of this machine. Each
 * test gets keys of its own.
 */
import { randomUUID } from 'node:crypto'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

export interface RedisServer extends AsyncDisposable {
  /** A URL with a prefix that no other test uses, and these parameters. */
  url(parameters?: string): string
  /** Kills the server; `start` brings it back with what it had saved. Only a throw-away server can do that. */
  readonly crash: (() => Promise<void>) | null
  readonly start: () => Promise<void>
}

export interface RedisOptions {
  /** False: a server that forgets, as they come. */
  readonly durable?: boolean
  readonly password?: string
}

function findProgram(): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.map((folder) => join(folder, 'redis-server')).find((path) => existsSync(path)) ?? null
}

/** True when tests with Redis can run here. */
export function hasRedis(): boolean {
  return process.env['AGENTSPEC_TEST_REDIS_URL'] !== undefined || findProgram() !== null
}

/** True when a server of our own can be started, which can be crashed and set up as a test wants it. */
export function hasOwnRedis(): boolean {
  return findProgram() !== null
}

/** The server of this machine's program, or with neither options nor program the given one. */
export async function startRedis(options?: RedisOptions): Promise<RedisServer> {
  const given = process.env['AGENTSPEC_TEST_REDIS_URL']
  if (given !== undefined && options === undefined) return serverAt(given, null)
  const program = findProgram()
  if (program === null) throw new Error('there is no redis-server here; ask hasRedis first')
  return startOwn(program, options ?? {})
}

async function startOwn(program: string, { durable = true, password }: RedisOptions): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'agentspec-redis-'))
  const port = await freePort()
  const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '']
  const flags = [
    ...place,
    ...(durable ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no']),
    ...(password === undefined ? [] : ['--requirepass', password]),
  ]
  let server: ChildProcess | null = null
  const start = async (): Promise<void> => {
    server = spawn(program, flags, { stdio: 'ignore' })
    await answers(port)
  }
  const stop = async (): Promise<void> => {
    const running = server
    if (running === null || running.exitCode !== null || running.signalCode !== null) return
    const gone = new Promise((resolve) => running.once('exit', resolve))
    running.kill('SIGKILL')
    await gone
  }
  await start()
  const login = password === undefined ? '' : `:${password}@`
  return {
    ...serverAt(`redis://${login}127.0.0.1:${port}/0`, { start, crash: stop }),
    async [Symbol.asyncDispose]() {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function serverAt(
  url: string,
  own: { readonly start: () => Promise<void>; readonly crash: () => Promise<void> } | null,
): RedisServer {
  return {
    url(parameters) {
      const named = new URL(url)
      named.search = `prefix=test_${randomUUID()}${parameters === undefined ? '' : `&${parameters}`}`
      return named.href
    },
    crash: own?.crash ?? null,
    start: own?.start ?? (async () => {}),
    [Symbol.asyncDispose]: async () => {},
  }
}

/** Resolves once somebody listens. */
async function answers(port: number): Promise<void> {
  for (;;) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (isThere) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  await new Promise((resolve) => server.close(resolve))
  return address.port
}
