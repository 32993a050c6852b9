/**
 * A process that dies with SIGKILL at the N-th append to the session of its run: before it, or right after it became durable.
 * Prints the run's result when it lived. The spec's `session.store` is `mortal:URL`.
 * Arguments: SPEC STORE N before|after [RUN to resume].
 */
import { compileFile } from '../../src/compiler/compile.ts'
import { createRuntime } from '../../src/runtime/create-runtime.ts'
import { openSessionStore } from '../../src/runtime/sessions/open-session-store.ts'
import type { SessionStore } from '../../src/runtime/sessions/session-store.ts'
import { openStore } from '../../src/runtime/store/open-store.ts'

const [specPath = '', storeUrl = '', at = '0', when = 'before', runId] = process.argv.slice(2)

const store = await openStore(storeUrl, { cwd: '/' })

async function mortal(url: string): Promise<SessionStore> {
  const opened = await openSessionStore(url.slice('mortal:'.length), { store, cwd: '/', warn: () => {} })
  if (opened.store === 'run_store') throw new Error('the sessions are to be elsewhere')
  const inner = opened.store
  let appends = 0
  return {
    ...inner,
    async append(append) {
      appends += 1
      const dies = appends === Number(at)
      if (dies && when === 'before') process.kill(process.pid, 'SIGKILL')
      await inner.append(append)
      if (dies) process.kill(process.pid, 'SIGKILL')
    },
  }
}

const compiled = await compileFile(specPath)
if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics))
const runtime = createRuntime({ store, environment: process.env, sessionStores: { mortal } })
const stream =
  runId === undefined ? runtime.start(compiled, 'Go', { session: 'crash' }) : runtime.resume(runId)
const result = await stream.result
process.stdout.write(JSON.stringify(result))
await runtime.close()
