/** Which rule would decide a call, asked without a run: nothing is journaled, and no tool is called. */
import { didYouMean } from '../../spec/did-you-mean.ts'
import type { Program, ToolDefinition } from '../../compiler/program.ts'
import type { JsonObject } from '../../util/json.ts'
import { suggest } from '../../util/suggest.ts'
import type { Gate } from '../approvals/policy.ts'
import { providerAsks, ungated } from '../approvals/provider-asks.ts'
import { UsageFailure } from '../failures.ts'
import type { CompiledSpec } from '../link/compiled-spec.ts'
import { createLinkedSpec } from '../link/create-linked-spec.ts'
import { createModuleLoader } from '../modules/module-loader.ts'
import { createRedactor } from '../redaction/redactor.ts'
import { gateOfCall } from '../runner/gate-of.ts'
import type { CallInQuestion } from '../runner/gate-of.ts'
import { contextFor } from '../segment/start-run.ts'
import { argumentProblem } from '../tools/argument-problem.ts'
import { mcpTool } from '../tools/mcp-tool.ts'
import { agentOf, isHosted, labelOf, resolveCall, toolsOf } from '../tools/resolve-call.ts'

export interface CallQuestion {
  readonly agent: string
  /** As the model calls it; its key in the spec will do as well. */
  readonly tool: string
  readonly arguments: JsonObject
  /** Over the spec's default. */
  readonly context?: JsonObject
  /** The user's own config says `approvals: ask`. */
  readonly userAsks?: boolean
}

export interface CallExplanation {
  readonly gate: Gate
  /** The key of the tool in the Program. */
  readonly key: string
  readonly tool: ToolDefinition
  /** Why the body would not run with these arguments, whatever the decision; `null` when they fit. */
  readonly problem: string | null
}

/**
 * Decides as a run does that has no earlier decisions. Expressions and handlers are evaluated; `${VAR}` is not needed.
 *
 * @throws UsageFailure `unknown_agent`, `unknown_tool`, or `invalid_context`.
 */
export async function explainCall(
  compiled: Pick<CompiledSpec, 'program' | 'hash' | 'baseDir'>,
  question: CallQuestion,
): Promise<CallExplanation> {
  const { program, hash, baseDir } = compiled
  const { key, tool } = findTool(program, question)
  const loader = createModuleLoader()
  try {
    const spec = createLinkedSpec({
      program,
      reference: { name: program.name, version: program.version, hash },
      redactor: createRedactor([]),
      variables: {},
      models: {},
      requests: {},
      loader,
      modules: { hash, modules: program.modules, baseDir },
    })
    const about: CallInQuestion = {
      run_id: 'run_explain',
      session_id: null,
      call_id: 'call_explain',
      agent: question.agent,
      key,
      tool,
      name: isServerTool(tool) ? question.tool : tool.name,
      arguments: question.arguments,
      context: await contextFor(spec, question.context),
      userAsks: question.userAsks ?? false,
    }
    const isUnasked = tool.type === 'hosted_mcp' && !providerAsks(tool, withoutServer(question.tool))
    const gate = isUnasked ? ungated(key) : await gateOfCall(spec, about)
    return { gate, key, tool, problem: await argumentProblem(spec, tool, question.arguments) }
  } finally {
    loader.dispose()
  }
}

/** `read` for `docs/read`. */
function withoutServer(name: string): string {
  return name.slice(name.indexOf('/') + 1)
}

function findTool(
  program: Program,
  question: CallQuestion,
): { readonly key: string; readonly tool: ToolDefinition } {
  if (!Object.hasOwn(program.agents, question.agent)) {
    const known = Object.keys(program.agents)
    throw new UsageFailure(
      'unknown_agent',
      `Spec ${program.name} has no agent "${question.agent}".${didYouMean(suggest(question.agent, known))}`,
      `Its agents: ${known.join(', ')}`,
    )
  }
  const named = { agent: question.agent, name: question.tool, disabled: NOTHING }
  const found = resolveCall(program, { form: 'function_call', ...named })
  if (found.kind === 'tool') return found
  const served = resolveCall(program, { form: 'mcp_approval_request', ...named })
  if (served.kind === 'tool') return served
  const ofServer = serverTool(program, question)
  if (ofServer !== null) return ofServer
  const offered = toolsOf(program, agentOf(program, question.agent))
  const byKey = offered.find(([key]) => key === question.tool)
  if (byKey !== undefined && !isHosted(byKey[1])) return { key: byKey[0], tool: byKey[1] }
  throw notATool(program, question, found.kind === 'handoff')
}

const NOTHING: ReadonlySet<string> = new Set()

function isServerTool({ type }: ToolDefinition): boolean {
  return type === 'hosted_mcp' || type === 'mcp'
}

/** `server/tool`: rules name it so, and nobody needs to ask the server. */
function serverTool(
  program: Program,
  { agent: name, tool: written }: CallQuestion,
): { readonly key: string; readonly tool: ToolDefinition } | null {
  const slash = written.indexOf('/')
  if (slash < 1) return null
  const [server, tool] = [written.slice(0, slash), written.slice(slash + 1)]
  const found = mcpTool(program, agentOf(program, name), { name: tool, server, tool, definition: '' })
  return found === null ? null : { key: written, tool: found }
}

function notATool(program: Program, { agent, tool }: CallQuestion, isHandoff: boolean): UsageFailure {
  if (isHandoff) {
    return new UsageFailure('unknown_tool', `"${tool}" is a handoff: handoffs never ask for approval`)
  }
  const tools = toolsOf(program, agentOf(program, agent)).map(([, one]) => one)
  const hosted = tools.find((one) => one.name === tool && isHosted(one))
  if (hosted?.type === 'hosted_mcp') {
    const label = labelOf(hosted) ?? tool
    return new UsageFailure('unknown_tool', `"${tool}" is a server`, `Name one of its tools: ${label}/TOOL`)
  }
  if (hosted !== undefined) {
    return new UsageFailure('unknown_tool', `"${tool}" runs at the provider: it never asks for approval`)
  }
  const known = tools.filter((one) => !isHosted(one)).map((one) => one.name)
  return new UsageFailure(
    'unknown_tool',
    `Agent ${agent} has no tool "${tool}".${didYouMean(suggest(tool, known))}`,
    known.length === 0 ? 'It has no tools' : `Its tools: ${known.join(', ')}`,
  )
}
