/** The beginning of a body: its arguments fit, its code is there; else the call is answered or the run fails. */
import { invariant } from '../../util/invariant.ts'
import type { JsonObject } from '../../util/json.ts'
import { RunFailure } from '../failures.ts'
import { guardArguments } from '../guardrails/guard-arguments.ts'
import { usageKey } from '../guardrails/guard-usage.ts'
import { ask, letRun, notRun } from './call-drafts.ts'
import type { CallStep } from './call-drafts.ts'
import type { CallView } from '../approvals/call-view.ts'
import { contextOf } from './call-handler.ts'
import { nestedInput } from './nested-input.ts'
import { argumentProblem } from '../tools/argument-problem.ts'
import { isLocalTool, prepareBody } from '../tools/local-tool.ts'
import type { LocalToolDefinition } from '../tools/local-tool.ts'
import type { RunContext } from './run-context.ts'
import { argumentFailureText, failureText } from './tool-failure.ts'

/** Runs the body, unless the arguments do not allow it: then the model is told what is wrong with them. */
export async function begin(
  run: RunContext,
  view: CallView,
  decision: number | null,
  args: JsonObject | null,
): Promise<CallStep> {
  const { tool } = view
  if (tool.type === 'hosted_mcp') return letRun(view, decision)
  invariant(isLocalTool(tool) || tool.type === 'agent', 'other tools are refused before a run starts')
  const problem = args === null ? view.problem : await argumentProblem(run.spec, tool, args)
  if (problem !== null || args === null) {
    return refuse(run, view, problem ?? 'the arguments are not usable', decision)
  }
  return guarded(run, view, { args, decision }, async (usage) => {
    const planned = { call: view.call, key: view.key, arguments: args, decision, ...usageKey(usage) }
    if (tool.type === 'agent') {
      return { type: 'body', body: { ...planned, tool, input: await nestedInput(run, tool, args) } }
    }
    const failure = await loadProblem(run, view, tool)
    return failure === null ? { type: 'body', body: { ...planned, tool } } : { type: 'failure', failure }
  })
}

/**
 * Asks a person, unless `pre_approval_guardrails` refuse the arguments before. What would not run anyway is asked about all
 * the same: only a person may say so.
 */
export async function askUnlessRefused(run: RunContext, view: CallView, rule: JsonObject): Promise<CallStep> {
  const { tool, arguments: args } = view
  if (!run.spec.program.approvals.pre_approval_guardrails || args === null) return ask(run, view, rule)
  if (!isLocalTool(tool) && tool.type !== 'agent') return ask(run, view, rule)
  if ((await argumentProblem(run.spec, tool, args)) !== null) return ask(run, view, rule)
  return guarded(run, view, { args, decision: null }, (usage) => {
    const step = ask(run, view, rule)
    return { ...step, draft: { ...step.draft, ...usageKey(usage) } }
  })
}

/** A guardrail that cannot judge fails the run; the call stays as it is. */
async function guarded(...given: Parameters<typeof guardArguments>): Promise<CallStep> {
  try {
    return await guardArguments(...given)
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error
    return { type: 'failure', failure: error }
  }
}

/** What the model is told of unusable arguments, by the tool's `failure_error_function`. */
async function refuse(
  run: RunContext,
  view: CallView,
  problem: string,
  decision: number | null,
): Promise<CallStep> {
  const { tool } = view
  const about = { agent: view.call.agent, tool: tool.name, call_id: view.call.call_id }
  const text = await failureText(run.spec, tool.failure_error_function, {
    tool: tool.name,
    message: problem,
    arguments: view.arguments ?? {},
    default_text: argumentFailureText(problem),
    ctx: { ...about, run_id: run.writer.state.run_id, context: contextOf(run) },
  })
  const step = notRun(
    view,
    'invalid_arguments',
    run.spec.redactor.text(text ?? argumentFailureText(problem)),
    decision,
  )
  if (text !== null) return step
  const message = `The arguments of ${tool.name} are not usable: ${problem}`
  return { ...step, failure: new RunFailure({ code: 'model_behavior_error', message, ...about }) }
}

/** Tool code that cannot be loaded fails the run before the call counts as started, so that it can be mended and resumed. */
async function loadProblem(
  run: RunContext,
  view: CallView,
  tool: LocalToolDefinition,
): Promise<RunFailure | null> {
  try {
    await prepareBody(run.spec, { key: view.key, tool })
    return null
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error
    const about = { agent: view.call.agent, tool: tool.name, call_id: view.call.call_id }
    return new RunFailure(
      { ...error.error, message: run.spec.redactor.text(error.error.message), ...about },
      { cause: error },
    )
  }
}
