/** What is special about sessions in Redis. */
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import { StoreFailure } from '../../../src/runtime/failures.ts'
import { redisSessions } from '../../../src/runtime/sessions/redis/redis-sessions.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import { compiled, program } from '../../support/program.ts'
import { hasOwnRedis, startRedis } from '../../support/redis-server.ts'
import type { RedisOptions, RedisServer } from '../../support/redis-server.ts'
import { call, SOURCE, write } from '../../support/runs.ts'

const said = {
  session_id: 's',
  operation: 'run_a:1',
  items: [{ role: 'user', content: 'Hi' }],
  last_agent: 'desk',
}

async function serverWith(options: RedisOptions): Promise<RedisServer> {
  const server = await startRedis(options)
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

describe.skipIf(!hasOwnRedis())('sessions in Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis({})
  }, 60_000)
  afterAll(async () => await server[Symbol.asyncDispose]())

  test('are forgotten after their ttl, and not before', async () => {
    const forgetful = await redisSessions(server.url('ttl=100ms'))
    const patient = await redisSessions(server.url('ttl=1h'))
    onTestFinished(async () => {
      await forgetful.close?.()
      await patient.close?.()
    })
    await forgetful.append(said)
    await patient.append(said)
    while ((await forgetful.read('s')).items.length > 0) await setTimeout(20)
    expect(await forgetful.list()).toEqual([])
    await forgetful.append(said)
    expect((await patient.read('s')).items).toEqual(said.items)
    expect(await patient.list()).toHaveLength(1)
  })

  test('hold more items than a script can take apart at once', async () => {
    const sessions = await redisSessions(server.url())
    onTestFinished(async () => await sessions.close?.())
    const items = Array.from({ length: 20_000 }, (_, place) => ({ role: 'user', content: String(place) }))
    await sessions.append({ ...said, items })
    expect((await sessions.read('s')).items).toEqual(items)
    expect((await sessions.read('s', 2)).items).toEqual(items.slice(-2))
  })

  test.each([
    ['redis://:hunter2@127.0.0.1/0?colour=red', 'no parameter "colour"'],
    ['redis://:hunter2@127.0.0.1/0?ttl=soon', 'not a duration'],
    ['redis://:hunter2@127.0.0.1/0?ttl=0', 'not a duration'],
    ['redis:hunter2', 'cannot be read'],
  ])('%s is refused without being shown', async (url, why) => {
    const refused = await redisSessions(url).catch((error: unknown) => error)
    expect(String(refused)).toContain(why)
    expect(String(refused)).not.toContain('hunter2')
  })

  test('warn when the server may forget what it acknowledged', async () => {
    const warnings: string[] = []
    const warn = (message: string): void => void warnings.push(message)
    const forgetful = await serverWith({ durable: false })
    await (await redisSessions(server.url(), { warn })).close?.()
    expect(warnings).toEqual([])
    await (await redisSessions(forgetful.url(), { warn })).close?.()
    expect(warnings).toEqual([expect.stringContaining('is not durable (appendonly no)')])
  })

  test('never show the password', async () => {
    const locked = await serverWith({ password: 'hunter2hunter2' })
    const wrong = new URL(locked.url())
    wrong.password = 'letmein-letmein'
    const refused = await redisSessions(wrong.href).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(StoreFailure)
    expect(refused).toMatchObject({
      message: expect.stringMatching(/^redis:\/\/127\.0\.0\.1:\d+\/0: (?:WRONGPASS|NOAUTH)/),
    })
    expect(JSON.stringify(refused) + String(refused)).not.toContain('letmein')
    expect(refused).not.toHaveProperty('cause', expect.anything())
    const sessions = await redisSessions(locked.url())
    onTestFinished(async () => await sessions.close?.())
    await sessions.append(said)
    expect((await sessions.read('s')).items).toEqual(said.items)
  })

  test('a server that is down stops the run, which goes on once the server is back', async () => {
    const own = await serverWith({})
    const session = { store: own.url(), resume_agent: 'last' as const }
    const script = [call('write', { n: 1 }), { text: 'Done.' }]
    const spec = compiled(program({ script, tools: [write], source: SOURCE, overrides: { session } }))
    const runtime = createRuntime({ store: memoryStore(), environment: {} })
    onTestFinished(() => runtime.close())
    const paused = await runtime.start(spec, 'Go', { session: 's' }).result
    await runtime.decide(paused.run_id, { calls: 'all', decision: 'approve', by: 'me' })
    await own.crash?.()
    await expect(runtime.resume(paused.run_id).result).rejects.toThrow(StoreFailure)
    expect((await runtime.show(paused.run_id)).status).toBe('interrupted')
    await own.start()
    const done = await runtime.resume(paused.run_id).result
    expect(done).toMatchObject({ status: 'completed', final_output: 'Done.' })
    const sessions = await runtime.sessions(spec)
    const types = (await sessions.store.read('s')).items.map((item) => item['type'])
    expect(types).toEqual(['message', 'function_call', 'function_call_output', 'message'])
    const bodies = (await runtime.events(paused.run_id)).filter((event) => event.type === 'tool.started')
    expect(bodies).toHaveLength(1)
  })
})
