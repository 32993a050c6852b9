/** One connection to a Redis server, and what its failures mean for the person who runs a command. */
import type { Redis } from 'ioredis'
import { messageOf } from '../../../util/message-of.ts'
import { StoreFailure, UsageFailure } from '../../failures.ts'

export interface RedisConnection {
  /** @throws StoreFailure when the server cannot be reached or refuses. */
  use<T>(work: (redis: Redis) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Milliseconds until a server that does not answer counts as gone. */
const CONNECT_TIMEOUT = 5000
const COMMAND_TIMEOUT = 10_000

/**
 * Connects to the server that a URL names; `shown` is that URL without credentials.
 *
 * @throws StoreFailure when it cannot be reached; UsageFailure when the package `ioredis` is not installed.
 */
export async function connectRedis(url: string, shown: string): Promise<RedisConnection> {
  const redis = await createClient(url)
  // A client says only that its connection is closed; why, it says in events.
  let trouble: unknown = null
  redis.on('error', (error) => (trouble = error))
  redis.on('ready', () => (trouble = null))
  const use = async <T>(work: (client: Redis) => Promise<T>): Promise<T> => {
    try {
      return await work(redis)
    } catch (error) {
      throw redisFailure(shown, trouble ?? error)
    }
  }
  try {
    await use((client) => client.connect())
  } catch (error) {
    redis.disconnect()
    throw error
  }
  return {
    use,
    close: async () => redis.disconnect(),
  }
}

async function createClient(url: string): Promise<Redis> {
  const Client = await loadClient()
  return new Client(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT,
    commandTimeout: COMMAND_TIMEOUT,
    // A server that comes back is used again; a command does not wait for it longer than this.
    maxRetriesPerRequest: 2,
    retryStrategy: (times) => Math.min(times * 100, 2000),
    connectionName: 'agentspec',
  })
}

async function loadClient(): Promise<typeof Redis> {
  try {
    const { Redis: Client } = await import('ioredis')
    return Client
  } catch (error) {
    const reason = messageOf(error).split('\n')[0] ?? ''
    throw new UsageFailure(
      'package_missing',
      `Sessions in Redis need the package ioredis, which cannot be loaded: ${reason}`,
      'npm install ioredis',
    )
  }
}

/** Without a cause: errors of the client carry their commands, and with them passwords and what was said. */
function redisFailure(shown: string, error: unknown): StoreFailure {
  const message = messageOf(error)
  const hint = HINTS.find(([pattern]) => pattern.test(message))?.[1]
  return new StoreFailure(`${shown}: ${message.replace(/\.$/u, '')}.`, {
    hint: hint ?? 'Nothing of the run is lost: resume it once the server answers.',
  })
}

const HINTS: readonly (readonly [RegExp, string])[] = [
  [/^(?:NOAUTH|WRONGPASS)/u, 'Check user name and password in session.store.'],
  [/^NOPERM/u, 'Give the user the rights to read and write the keys of agentspec.'],
  [/^READONLY/u, 'Name the primary server in session.store.'],
  [/^OOM/u, 'Give the server more memory, or let it forget other things.'],
]
