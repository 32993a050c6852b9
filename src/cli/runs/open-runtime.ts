/** The runtime of one command, on the store that flags, environment and folder name. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { createRuntime } from '../../runtime/create-runtime.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { memoryStore } from '../../runtime/store/memory/memory-store.ts'
import { defaultStorePath, openStore } from '../../runtime/store/open-store.ts'
import type { RunStore } from '../../runtime/store/run-store.ts'
import type { RunTracing } from '../../runtime/tracing/run-observer.ts'
import type { Invocation } from '../command.ts'

/** Opens the runtime, uses it, and closes it on every way out. The store is created when it does not exist. */
export async function withRuntime<T>(
  invocation: Invocation,
  use: (runtime: Runtime) => Promise<T>,
  tracing?: RunTracing,
): Promise<T> {
  return useRuntime(invocation, await openStore(storeUrl(invocation), invocation.context), use, tracing)
}

/** For commands that need no new store: one that does not exist is empty, and stays away. */
export async function withExistingRuntime<T>(
  invocation: Invocation,
  use: (runtime: Runtime) => Promise<T>,
  tracing?: RunTracing,
): Promise<T> {
  const url = storeUrl(invocation)
  const store: RunStore = hasStore(invocation)
    ? await openStore(url, invocation.context)
    : { ...memoryStore(), url }
  return useRuntime(invocation, store, use, tracing)
}

/** False: the file of the store does not exist yet. */
export function hasStore(invocation: Invocation): boolean {
  const path = /^sqlite:(.+)$/i.exec(storeUrl(invocation))?.[1]
  return path === undefined || existsSync(resolve(invocation.context.cwd, path))
}

async function useRuntime<T>(
  { context, flags, output, config }: Invocation,
  store: RunStore,
  use: (runtime: Runtime) => Promise<T>,
  tracing: RunTracing | undefined,
): Promise<T> {
  const envFile = flags.text('envFile')
  const runtime = createRuntime({
    store,
    environment: context.env,
    cwd: context.cwd,
    keepServers: true,
    userAsks: config.approvals === 'ask',
    ...(tracing === undefined ? {} : { tracing }),
    ...(envFile === undefined ? {} : { envFile: resolve(context.cwd, envFile) }),
    onWarning: (message) => output.tell(`${output.err.yellow('warning:')} ${message}`),
  })
  try {
    return await use(runtime)
  } finally {
    await runtime.close()
  }
}

function storeUrl({ context, flags }: Invocation): string {
  return flags.text('store') ?? `sqlite:${defaultStorePath(context.cwd)}`
}

/** A command line that a person can type to go on: it names the store when a flag did. */
export function followUp({ flags, context }: Invocation, words: string): string {
  const store = flags.text('store')
  const known = store === undefined || store === context.env['AGENTSPEC_STORE']
  return `agentspec ${words}${known ? '' : ` --store ${shellWord(store)}`}`
}

/** As a POSIX shell reads one word. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
