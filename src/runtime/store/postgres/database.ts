/** A pool of connections to one PostgreSQL database: reads, and transactions that are repeated when they collide. */
import type { Pool, PoolClient, PoolConfig } from 'pg'
import { messageOf } from '../../../util/message-of.ts'
import { StoreFailure, UsageFailure } from '../../failures.ts'
import type { Row } from '../columns.ts'
import { isCollision, postgresFailure } from './postgres-failure.ts'

/** One connection, inside a transaction or not. */
export interface Query {
  (sql: string, parameters?: readonly unknown[]): Promise<readonly Row[]>
}

export interface Database {
  /** For people, without credentials. */
  readonly url: string
  read<T>(work: (query: Query) => Promise<T>): Promise<T>
  /** Runs `work` in a transaction; resolves once that is durable. `work` may run again when another one was in its way. */
  write<T>(work: (query: Query) => Promise<T>): Promise<T>
  /** What is on its way is finished first. */
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** Most connections of this process; 10 when absent. */
  readonly connections?: number
}

/** Milliseconds until a server that does not answer counts as gone. */
const CONNECT_TIMEOUT = 10_000
const COLLISIONS = 5
const SCHEMA = /^[a-z_][a-z0-9_]{0,62}$/u

/**
 * Connects to the database that a URL names. `?schema=NAME` is where the tables are; `agentspec` when absent.
 *
 * @throws UsageFailure for a URL that is none, and when the package `pg` is not installed
 */
export async function openDatabase(
  url: string,
  options: DatabaseOptions,
): Promise<Database & { schema: string }> {
  const { connection, schema, shown } = readUrl(url)
  const pool = await createPool({
    connectionString: connection,
    max: options.connections ?? 10,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    idleTimeoutMillis: 10_000,
    allowExitOnIdle: true,
    application_name: 'agentspec',
    options: `-c search_path=${schema}`,
  })
  // A connection that breaks while nobody uses it is replaced by the next query.
  pool.on('error', () => {})
  // One that breaks while it is used fails its query too; without a listener it would end the whole process.
  pool.on('connect', (client) => client.on('error', () => {}))
  let closed = false
  const running = new Set<Promise<unknown>>()
  const use = <T>(work: (query: Query) => Promise<T>): Promise<T> => {
    if (closed) return Promise.reject(new StoreFailure(`${shown} was closed by this process already.`))
    const done = using(pool, shown, work)
    running.add(done)
    return done.finally(() => running.delete(done))
  }
  return {
    url: shown,
    schema,
    read: use,
    write: (work) => use((query) => transaction(query, work)),
    async close() {
      if (closed) return
      closed = true
      await Promise.allSettled(running)
      await pool.end()
    },
  }
}

async function using<T>(pool: Pool, shown: string, work: (query: Query) => Promise<T>): Promise<T> {
  let client: PoolClient | undefined
  let broken = false
  try {
    client = await pool.connect()
    return await work(queryOver(client))
  } catch (error) {
    const failure = postgresFailure(error, shown)
    broken = failure !== error
    throw failure
  } finally {
    // A connection that failed is not given to anybody else.
    client?.release(broken)
  }
}

function queryOver(client: PoolClient): Query {
  return async (sql, parameters = []) => (await client.query<Row>(sql, [...parameters])).rows
}

async function transaction<T>(query: Query, work: (query: Query) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    await query('BEGIN')
    try {
      const value = await work(query)
      await query('COMMIT')
      return value
    } catch (error) {
      // The first error says what was wrong; a connection that is gone cannot roll back either.
      await query('ROLLBACK').catch(() => {})
      if (!isCollision(error) || attempt === COLLISIONS) throw error
    }
  }
}

async function createPool(config: PoolConfig): Promise<Pool> {
  try {
    const { Pool: PgPool } = await import('pg')
    return new PgPool(config)
  } catch (error) {
    const reason = messageOf(error).split('\n')[0] ?? ''
    throw new UsageFailure(
      'package_missing',
      `Stores in PostgreSQL need the package pg, which cannot be loaded: ${reason}`,
      'npm install pg',
    )
  }
}

/** The parts of a URL: for the client, for the search path, and for people. */
function readUrl(url: string): {
  readonly connection: string
  readonly schema: string
  readonly shown: string
} {
  const parsed = URL.parse(url)
  if (parsed === null) throw invalidUrl('The URL of the PostgreSQL store cannot be read.')
  const schema = parsed.searchParams.get('schema') ?? 'agentspec'
  if (!SCHEMA.test(schema)) {
    throw invalidUrl(`The schema ${JSON.stringify(schema)} is not a plain name.`)
  }
  parsed.searchParams.delete('schema')
  const query = schema === 'agentspec' ? '' : `?schema=${schema}`
  const shown = `postgres://${parsed.host}${parsed.pathname}${query}`
  return { connection: parsed.href, schema, shown }
}

function invalidUrl(message: string): UsageFailure {
  return new UsageFailure('invalid_store', message, 'Write `postgres://USER:PASSWORD@HOST:5432/DATABASE`.')
}
