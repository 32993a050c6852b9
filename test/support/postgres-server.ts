/**
 * A PostgreSQL server for tests: the one `AGENTSPEC_TEST_PG_URL` names, else a throw-away one from the programs of this
 * machine. Each test gets a database of its own.
 */
import { execFile } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'

const run = promisify(execFile)
const VERSIONS = '/usr/lib/postgresql'

export interface PostgresServer extends AsyncDisposable {
  /** A fresh database, by its URL. */
  createDatabase(): Promise<string>
  /** Stops the server as a crash would; `start` brings it back. Only a throw-away server can do that. */
  readonly crash: (() => Promise<void>) | null
  readonly start: () => Promise<void>
}

/** Where the server's programs are; `null` when there is neither a URL nor a server on this machine. */
function findPrograms(): string | null {
  if (!existsSync(VERSIONS)) return null
  const newest = readdirSync(VERSIONS)
    .map(Number)
    .toSorted((a, b) => b - a)
    .find((version) => existsSync(join(VERSIONS, String(version), 'bin', 'initdb')))
  return newest === undefined ? null : join(VERSIONS, String(newest), 'bin')
}

/** True when tests with PostgreSQL can run here. */
export function hasPostgres(): boolean {
  return process.env['AGENTSPEC_TEST_PG_URL'] !== undefined || findPrograms() !== null
}

export async function startPostgres(): Promise<PostgresServer> {
  const given = process.env['AGENTSPEC_TEST_PG_URL']
  if (given !== undefined) return serverAt(given, null)
  const programs = findPrograms()
  if (programs === null) throw new Error('there is no PostgreSQL here; ask hasPostgres first')
  return startOwn(programs)
}

async function startOwn(programs: string): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'agentspec-pg-'))
  const port = await freePort()
  const asOwner = await owner(folder)
  const pg = (program: string, ...args: string[]): Promise<unknown> => asOwner(join(programs, program), args)
  const data = join(folder, 'data')
  const start = async (): Promise<void> => {
    const flags = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1`
    await pg('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', flags, 'start')
  }
  await pg('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync')
  await start()
  const stop = async (mode: 'fast' | 'immediate'): Promise<void> => {
    await pg('pg_ctl', '-D', data, '-w', '-m', mode, 'stop')
  }
  const server = serverAt(`postgres://postgres@127.0.0.1:${port}/postgres`, {
    start,
    crash: () => stop('immediate'),
  })
  return {
    ...server,
    async [Symbol.asyncDispose]() {
      await stop('fast').catch(() => {})
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function serverAt(
  url: string,
  own: { readonly start: () => Promise<void>; readonly crash: () => Promise<void> } | null,
): PostgresServer {
  let databases = 0
  return {
    async createDatabase() {
      databases += 1
      const name = `agentspec_test_${process.pid}_${databases}`
      const client = new Client({ connectionString: url })
      await client.connect()
      await client.query(`DROP DATABASE IF EXISTS ${name}`)
      await client.query(`CREATE DATABASE ${name}`)
      await client.end()
      const database = new URL(url)
      database.pathname = `/${name}`
      return database.href
    },
    crash: own?.crash ?? null,
    start: own?.start ?? (async () => {}),
    [Symbol.asyncDispose]: async () => {},
  }
}

/** PostgreSQL does not run as root: then its own user does. */
async function owner(folder: string): Promise<(program: string, args: string[]) => Promise<unknown>> {
  if (process.getuid?.() !== 0) return (program, args) => run(program, args)
  const { stdout } = await run('id', ['-u', 'postgres'])
  chownSync(folder, Number(stdout), Number(stdout))
  return (program, args) => run('runuser', ['-u', 'postgres', '--', program, ...args], { cwd: folder })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
