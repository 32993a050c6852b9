/** Records what people decided: a condition on the folded state, then one append. */
import { outcomeOf, planDecisions } from '../approvals/decide.ts'
import type { DecisionOrder, DecisionOutcome, DecisionSpec } from '../approvals/decide.ts'
import { judgeArguments } from '../guardrails/guard-arguments.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import { createDriftJudge } from '../lock/drift-judge.ts'
import { createMcpServers } from '../mcp/lazy-servers.ts'
import { driveNested } from '../runner/drive.ts'
import { checkNothingMissing } from '../redaction/sensitive-context.ts'
import { appendFromOutside } from './append-from-outside.ts'
import type { RuntimePorts } from './runtime-ports.ts'

/** Acknowledged once durable. Errors: those of `planDecisions`, and UsageFailure `unknown_run`. */
export async function decideRun(
  ports: RuntimePorts,
  runId: string,
  order: DecisionOrder,
): Promise<DecisionOutcome> {
  const { state, value } = await appendFromOutside(ports, runId, async (current) => {
    const linked = await ports.linker.linkArchived(ports.store, current)
    const spec = ports.sensitive.specOf(linked, runId)
    const { signal } = new AbortController()
    const { clock, userAsks } = ports
    const judgeDrift = createDriftJudge({
      state: () => current,
      redactor: spec.redactor,
      accepts: false,
      record: () => {},
    })
    const mcp = createMcpServers(spec, ports.warn, judgeDrift)
    const guard = { spec, state: current, clock, signal, mcp, driveNested, depth: 0, userAsks }
    const said = redacted(spec, order)
    const rules: DecisionSpec = {
      ...spec,
      hidesSecret: JSON.stringify(said.result) !== JSON.stringify(order.result),
      judgeArguments: (view, args) => {
        // What the guardrails of the tool would be shown has to be what it is.
        if (view.tool.input_guardrails.length > 0) checkNothingMissing(spec, current.context, runId)
        return judgeArguments(guard, view, args)
      },
    }
    try {
      const plan = await planDecisions(rules, current, said, ports.clock.now().getTime())
      return { drafts: plan.drafts, value: plan.decided }
    } finally {
      await mcp.close()
    }
  })
  return outcomeOf(state, value)
}

/** Nothing a person types puts a secret into the journal. */
function redacted(spec: LinkedSpec, order: DecisionOrder): DecisionOrder {
  const { redactor } = spec
  return {
    ...order,
    ...(order.reason === undefined ? {} : { reason: redactor.text(order.reason) }),
    ...(order.message === undefined ? {} : { message: redactor.text(order.message) }),
    ...(order.args === undefined ? {} : { args: redactor.json(order.args) }),
    ...(order.result === undefined ? {} : { result: redactor.json(order.result) }),
  }
}
