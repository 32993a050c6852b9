/** Programs with guardrails, and handlers that say what they were asked and judge when a test lets them. */
import { onTestFinished } from 'vitest'
import type { AgentToolDefinition, Program } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import type { GuardrailDefinition } from '../../../src/compiler/program-guardrails.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import type { RunEvent } from '../../../src/runtime/state/stream-events.ts'
import { agent, functionTool, program, scripted } from '../../support/program.ts'

export const SECRET = 'hunter2-hunter2'

const SOURCE = `
const log = () => globalThis.guardLog ??= []
export const bodies = []
export function read(args, ctx) { log().push('body read'); return 'value of ' + (args.of ?? 'nothing') }
export function write(args, ctx) { log().push('body write'); return 'wrote ' + args.n }
export function fail() { throw new Error('no such thing') }
export function finish() { return { is_final_output: true, final_output: '${SECRET}' } }
export function secret() { return '${SECRET}' }
export function look(judged, ctx) { log().push([judged, { agent: ctx.agent, tool: ctx.tool, call_id: ctx.call_id, context: ctx.context }]); return false }
export function bad({ input, output, args }) { return JSON.stringify([input, output, args]).includes('bad') }
export function says({ input, output, args }) { return { tripped: JSON.stringify([input, output, args]).includes('bad'), message: 'Not this.', info: { score: 1 } } }
export function breaks() { throw new Error('no judge today') }
export function mumbles() { return 'perhaps' }
export async function waits() { log().push('waits'); return globalThis.guardGate }
export function ends() { return new Promise(() => {}) }
`

/** What the handlers saw so far, from here on. */
export function guardLog(): readonly unknown[] {
  const log: unknown[] = []
  Reflect.set(globalThis, 'guardLog', log)
  onTestFinished(() => void Reflect.deleteProperty(globalThis, 'guardLog'))
  return log
}

/** The verdict of the handler `waits`, when a test is ready to say it. */
export function openGate(): (tripped: boolean) => void {
  const gate = Promise.withResolvers<boolean>()
  Reflect.set(globalThis, 'guardGate', gate.promise)
  onTestFinished(() => void Reflect.deleteProperty(globalThis, 'guardGate'))
  return gate.resolve
}

type Common = Partial<Pick<GuardrailDefinition, 'run_in_parallel' | 'behavior' | 'message'>>

const common = { run_in_parallel: true, behavior: 'reject_content' } as const

export function byHandler(name: string, given: Common = {}): GuardrailDefinition {
  return { type: 'handler', handler: `tools.ts#${name}`, ...common, ...given }
}

export function byRegex(pattern: string, given: Common & { block?: 'others' } = {}): GuardrailDefinition {
  return { type: 'regex', pattern, block: 'matches', ...common, ...given }
}

export function byCel(when: string, given: Common = {}): GuardrailDefinition {
  return { type: 'cel', when, ...common, ...given }
}

export function byAgent(name: string, tripWhen: string, given: Common = {}): GuardrailDefinition {
  return { type: 'agent', agent: name, trip_when: tripWhen, ...common, ...given }
}

export function agentTool(
  name: string,
  inner: string,
  given: Partial<AgentToolDefinition> = {},
): AgentToolDefinition {
  const { type: _, handler: __, parameters: ___, strict: ____, ...rest } = functionTool(name)
  return {
    type: 'agent',
    ...rest,
    agent: inner,
    parameters: { type: 'object', properties: { input: { type: 'string' } } },
    strict: true,
    include_input_schema: false,
    max_turns: 10,
    output: 'final',
    ...given,
  }
}

export interface Guarded {
  readonly script?: readonly ScriptStep[]
  /** By agent, instead of `script`. */
  readonly scripts?: Readonly<Record<string, readonly ScriptStep[]>>
  readonly guardrails: Program['guardrails']
  readonly main?: Parameters<typeof agent>[0]
  readonly agents?: Program['agents']
  readonly tools?: Program['tools']
  readonly run?: Partial<Program['run']>
  readonly approvals?: Partial<Program['approvals']>
  readonly context?: Program['context']
}

/** An agent `main` with the tools `read` and `write` (gated), and what a test gives. */
export function guarded(given: Guarded): Program {
  const base = program({ source: SOURCE })
  const tools = {
    read: functionTool('read'),
    write: functionTool('write', { needs_approval: true }),
    ...given.tools,
  }
  return {
    ...base,
    context: given.context ?? base.context,
    models: { main: scripted(given.scripts ?? given.script ?? [{ text: 'fine' }]) },
    agents: { main: agent({ tools: Object.keys(tools), ...given.main }), ...given.agents },
    tools,
    guardrails: given.guardrails,
    run: { ...base.run, ...given.run },
    approvals: { ...base.approvals, ...given.approvals },
  }
}

/** Every trace a run leaves: its journal, what was streamed, and what is shown. */
export async function tracesOf(
  runtime: Runtime,
  runId: string,
  streamed: readonly RunEvent[],
): Promise<string> {
  const state = await runtime.exportState(runId, { bundle: true })
  const { program: _, sources: __, ...document } = JSON.parse(JSON.stringify(state))
  return JSON.stringify([document, streamed, await runtime.show(runId)])
}

export async function drain(stream: AsyncIterable<RunEvent>): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = []
  for await (const event of stream) events.push(event)
  return events
}
