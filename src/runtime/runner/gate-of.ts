/** The gate of one call of a run: policy, evaluated with the run's context. */
import { decideGate } from '../approvals/policy.ts'
import type { Gate } from '../approvals/policy.ts'
import type { CallView } from './call-view.ts'
import type { RunContext } from './run-context.ts'

/** Which rule decides this call. */
export function gateOf(run: Pick<RunContext, 'spec' | 'writer'>, view: CallView): Promise<Gate> {
  const { spec, writer } = run
  const { context, session } = writer.state
  const names = {
    agent: view.call.agent,
    tool: view.tool.name,
    call_id: view.call.call_id,
    session_id: session?.id ?? null,
  }
  const args = view.arguments ?? {}
  return decideGate(
    spec.program,
    { agent: view.call.agent, key: view.key, tool: view.tool, arguments: view.arguments },
    {
      condition: (expression) => spec.condition(expression, view.key, { args, context, ...names }),
      handler: async (reference) => {
        const handler = await spec.handler(reference)
        const verdict = await handler(structuredClone(args), {
          run_id: writer.state.run_id,
          call_id: names.call_id,
          agent: names.agent,
          tool: names.tool,
          context: structuredClone(context),
        })
        if (typeof verdict !== 'boolean')
          throw new TypeError(`it returned ${typeof verdict}, not true or false`)
        return verdict
      },
    },
  )
}
