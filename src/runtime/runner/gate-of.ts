/** The gate of one call: policy, evaluated with what the call and its run know. */
import type { ToolDefinition } from '../../compiler/program.ts'
import type { JsonObject } from '../../util/json.ts'
import type { CallView } from '../approvals/call-view.ts'
import { decideGate } from '../approvals/policy.ts'
import type { Gate } from '../approvals/policy.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import { ruleName } from '../tools/mcp-tool.ts'
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
  /** `null`: unusable. */
  readonly arguments: JsonObject | null
  readonly context: JsonObject
}

/** Which rule decides this call of a run. */
export function gateOf(run: Pick<RunContext, 'spec' | 'writer'>, view: CallView): Promise<Gate> {
  const { context, session, run_id } = run.writer.state
  return gateOfCall(run.spec, {
    run_id,
    session_id: session?.id ?? null,
    call_id: view.call.call_id,
    agent: view.call.agent,
    key: view.key,
    tool: view.tool,
    arguments: view.arguments,
    context,
  })
}

/** Which rule decides a call, of a run or of none. */
export function gateOfCall(
  spec: Pick<LinkedSpec, 'program' | 'condition' | 'handler'>,
  call: CallInQuestion,
): Promise<Gate> {
  const { run_id, session_id, call_id, agent, context } = call
  const names = { agent, tool: ruleName(call.tool), call_id, session_id }
  const args = call.arguments ?? {}
  return decideGate(
    spec.program,
    { agent, key: call.key, tool: call.tool, arguments: call.arguments },
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
