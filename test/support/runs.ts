/** Runtimes over a memory store, and tools whose bodies say what they did. */
import { onTestFinished } from 'vitest'
import type { FunctionToolDefinition } from '../../src/compiler/program.ts'
import type { ScriptStep } from '../../src/compiler/program-models.ts'
import { createRuntime } from '../../src/runtime/create-runtime.ts'
import type { Runtime } from '../../src/runtime/runtime.ts'
import { foldJournal } from '../../src/runtime/state/apply.ts'
import { frameItems } from '../../src/runtime/state/history.ts'
import { rootFrame } from '../../src/runtime/state/run-state.ts'
import { memoryStore } from '../../src/runtime/store/memory/memory-store.ts'
import { functionTool } from './program.ts'

/** Closed when the test is over. */
export function runtimeOver(environment: Record<string, string> = {}): Runtime {
  const runtime = createRuntime({ store: memoryStore(), environment })
  onTestFinished(() => runtime.close())
  return runtime
}

export const SOURCE = `
export const bodies = []
export function read(args, ctx) { bodies.push(ctx.idempotency_key); return { read: args.n ?? 0 } }
export function write(args, ctx) { bodies.push(ctx.idempotency_key); ctx.context.written = args.n; return 'wrote ' + args.n }
export function fail() { throw new Error('no such thing') }
export async function hang() { await new Promise(() => {}) }
`

export const read: FunctionToolDefinition = functionTool('read')
export const write: FunctionToolDefinition = functionTool('write', { needs_approval: true })

export function call(name: string, args: Record<string, number> = {}): ScriptStep {
  return { tool_calls: [{ name, arguments: args }] }
}

/** The outputs the model sees, by call id. */
export async function outputs(runtime: Runtime, runId: string): Promise<Record<string, unknown>> {
  const state = foldJournal(await runtime.events(runId))
  const items = frameItems(rootFrame(state)).filter((item) => item['type'] === 'function_call_output')
  return Object.fromEntries(
    items.map((item) => [JSON.stringify(item['call_id']).slice(1, -1), item['output']]),
  )
}

export async function types(runtime: Runtime, runId: string): Promise<string[]> {
  return (await runtime.events(runId)).map((event) => event.type)
}
