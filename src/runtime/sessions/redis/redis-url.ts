/** What the URL of a Redis server says. */
import { parseDuration } from '../../../util/duration.ts'
import { UsageFailure } from '../../failures.ts'

export interface RedisUrl {
  /** With credentials, without our parameters. */
  readonly connection: string
  /** For people. */
  readonly shown: string
  /** Before every key. */
  readonly prefix: string
  /** Milliseconds after its last append until a session is forgotten; 0: never. */
  readonly ttl: number
}

/**
 * Reads `redis://[user:password@]host[:port][/database]`, or `rediss://` for TLS, with `?ttl=DURATION` and `?prefix=NAME`.
 *
 * @throws UsageFailure `invalid_store`; it does not show the URL.
 */
export function readRedisUrl(url: string): RedisUrl {
  const parsed = URL.parse(url)
  if (parsed === null || parsed.hostname === '')
    throw invalid('The URL of the Redis server cannot be read.', 'Write redis://HOST:PORT/DATABASE.')
  const { protocol, host, pathname, searchParams } = parsed
  const unknown = [...searchParams.keys()].find((name) => name !== 'ttl' && name !== 'prefix')
  if (unknown !== undefined)
    throw invalid(`Sessions in Redis have no parameter "${unknown}".`, 'Its parameters are ttl and prefix.')
  const written = searchParams.get('ttl')
  const ttl = written === null ? 0 : parseDuration(written)
  if (ttl === undefined || (written !== null && ttl < 1))
    throw invalid(`The ttl "${written}" is not a duration.`, 'Write it like ttl=30d.')
  const prefix = searchParams.get('prefix') ?? 'agentspec'
  parsed.search = ''
  return { connection: parsed.href, shown: `${protocol}//${host}${pathname}`, prefix, ttl }
}

function invalid(message: string, hint: string): UsageFailure {
  return new UsageFailure('invalid_store', message, hint)
}
