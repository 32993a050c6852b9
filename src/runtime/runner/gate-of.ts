/** The gate of one call: policy, evaluated with what the call and its run know. */
import { posix } from 'node:path'
import type { ToolDefinition } from '../../compiler/program.ts'
import type { JsonObject } from '../../util/json.ts'
import type { CallView } from '../approvals/call-view.ts'
import { decideGate } from '../approvals/policy.ts'
import type { Gate } from '../approvals/policy.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import { operationsOf } from '../tools/apply-patch/edit-files.ts'
import { invariant } from '../../util/invariant.ts'
import type { RunContext } from './run-context.ts'

/** A call as rules see it. */
export interface CallInQuestion {
  readonly run_id: string
  readonly session_id: string | null
  readonly call_id: string
  readonly agent: string
  /** The key of the tool in the Program. */
  readonly key: string
  readonly tool: ToolDefinition
  /** What rules name: `server/tool` for a tool of a server. */
  readonly name: string
  /** `null`: unusable. */
  readonly arguments: JsonObject | null
  readonly context: JsonObject
  /** The user's own config says `approvals: ask`. */
  readonly userAsks: boolean
}

/** Which rule decides this call of a run. */
export function gateOf(run: Pick<RunContext, 'spec' | 'writer' | 'userAsks'>, view: CallView): Promise<Gate> {
  const { session, run_id } = run.writer.state
  return gateOfCall(run.spec, {
    run_id,
    session_id: session?.id ?? null,
    call_id: view.call.call_id,
    agent: view.call.agent,
    key: view.key,
    tool: view.tool,
    name: view.fullName,
    arguments: view.arguments,
    context: run.spec.reveal(run.writer.state.context),
    userAsks: run.userAsks,
  })
}

/**
 * Which rule decides a call, of a run or of none. The operations of a patch are looked at one by one: one that is denied
 * denies the call, one that asks makes it ask.
 */
export async function gateOfCall(spec: GateSpec, call: CallInQuestion): Promise<Gate> {
  if (call.tool.type !== 'apply_patch' || call.arguments === null) return gateOfArguments(spec, call)
  const operations = operationsOf(call.arguments)
  if (operations === null) return gateOfArguments(spec, { ...call, arguments: null })
  const gates: Gate[] = []
  for (const operation of operations) {
    // As the folder sees it, so that no rule about paths is led astray.
    const path = posix.normalize(operation.path)
    gates.push(await gateOfArguments(spec, { ...call, arguments: { ...operation, path } }))
  }
  const strictest =
    gates.find(({ decision }) => decision === 'deny') ?? gates.find(({ decision }) => decision === 'ask')
  const gate = strictest ?? gates[0]
  invariant(gate !== undefined, 'a patch has operations')
  return gate
}

type GateSpec = Pick<LinkedSpec, 'program' | 'condition' | 'handler'>

function gateOfArguments(spec: GateSpec, call: CallInQuestion): Promise<Gate> {
  const { run_id, session_id, call_id, agent, context, key, userAsks } = call
  const names = { agent, tool: call.name, call_id, session_id }
  const args = call.arguments ?? {}
  return decideGate(
    spec.program,
    { agent, key, tool: call.tool, name: call.name, arguments: call.arguments, userAsks },
    {
      condition: (expression) =>
        spec.condition(expression, { about: 'call', key: call.key }, { args, context, ...names }),
      handler: async (reference) => {
        const handler = await spec.handler(reference)
        const verdict = await handler(structuredClone(args), {
          run_id,
          call_id,
          agent,
          tool: call.tool.name,
          ...(call.tool.type === 'mcp' ? { server: call.tool.server } : {}),
          context: structuredClone(context),
        })
        if (typeof verdict !== 'boolean')
          throw new TypeError(`it returned ${typeof verdict}, not true or false`)
        return verdict
      },
    },
  )
}
