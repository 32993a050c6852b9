/** `agentspec explain SPEC --agent A --tool T --args JSON`: which rule decides a call. */
import type { Gate } from '../../runtime/approvals/policy.ts'
import { UsageFailure } from '../../runtime/failures.ts'
import { explainCall } from '../../runtime/operations/explain-call.ts'
import type { CallQuestion } from '../../runtime/operations/explain-call.ts'
import type { Location } from '../../spec/diagnostic.ts'
import { toPointer } from '../../spec/path.ts'
import type { Invocation } from '../command.ts'
import { configPath } from '../config/user-config.ts'
import { codeFrame } from '../report/code-frame.ts'
import { placeText } from '../report/pretty.ts'
import type { TextOf } from '../report/pretty.ts'
import { compileValid, textsOf } from '../runs/compile-spec.ts'
import { printable, printableLine } from '../terminal/printable.ts'
import type { Theme } from '../terminal/theme.ts'
import { jsonObject, jsonObjectOrFile } from '../values.ts'

/** @throws UsageFailure for an unknown agent or tool, and for flags that are missing or no JSON. */
export async function showCall(invocation: Invocation, path: string): Promise<void> {
  const { output } = invocation
  const question = await readQuestion(invocation)
  const compiled = await compileValid(invocation, path)
  const { gate, key, tool, problem } = await explainCall(compiled, question)
  if (problem !== null) {
    output.note(
      `${output.err.yellow('note:')} the tool would not run with these arguments: ${printable(problem)}`,
    )
  }
  const { kind, pointer, reason } = gate.rule
  // A tool without a rule of its own is shown where one could be written.
  const own = tool.type === 'mcp' ? ['mcp_servers', tool.server] : ['tools', key, 'needs_approval']
  const written = compiled.placeOf(pointer ?? toPointer(own)) ?? compiled.placeOf(toPointer(['tools', key]))
  const place = kind === 'user_config' ? undefined : written
  if (output.json) {
    const { file = ownFile(invocation, kind), start = null } = place ?? {}
    output.printJson({ decision: gate.decision, rule: { kind, file, start, pointer }, reason })
    return
  }
  const { agent } = question
  output.print(
    [
      `${output.out.bold(gate.decision)}: ${printableLine(agent)}'s call of ${printableLine(question.tool)} ${MEANINGS[gate.decision]}`,
      `because of ${RULES[kind]}: ${printable(reason)}`,
      ...(kind === 'user_config' ? [printableLine(ownFile(invocation, kind) ?? '')] : []),
      ...(place === undefined ? [] : shown(place, textsOf(invocation, path, compiled), output.out)),
    ].join('\n'),
  )
}

/** The user's config file, when that decides. */
function ownFile({ context }: Invocation, kind: Gate['rule']['kind']): string | null {
  return kind === 'user_config' ? configPath(context.env) : null
}

async function readQuestion({ flags, context, config }: Invocation): Promise<CallQuestion> {
  const [agent, tool] = [flags.text('agent'), flags.text('tool')]
  if (agent === undefined || tool === undefined) {
    throw new UsageFailure(
      'missing_flag',
      `${agent === undefined ? '--agent' : '--tool'} is missing`,
      'A call is explained with: --agent NAME --tool NAME --args JSON',
    )
  }
  const [args, given] = [flags.text('args'), flags.text('context')]
  return {
    agent,
    tool,
    arguments: args === undefined ? {} : jsonObject('--args', args),
    userAsks: config.approvals === 'ask',
    ...(given === undefined ? {} : { context: await jsonObjectOrFile('--context', given, context.cwd) }),
  }
}

/** The place, and its text when that can be read. */
function shown(place: Location, textOf: TextOf, theme: Theme): readonly string[] {
  const text = textOf(place.file)
  const frame = text === undefined ? [] : [codeFrame(text, place, { theme, mark: theme.cyan, context: 1 })]
  return [placeText(place, theme), ...frame]
}

const MEANINGS: Readonly<Record<Gate['decision'], string>> = {
  allow: 'runs without asking',
  ask: 'waits for a person',
  deny: 'is refused',
}

const RULES: Readonly<Record<Gate['rule']['kind'], string>> = {
  rule: "one of the spec's approval rules",
  tool: "the tool's own rule",
  server: "the rule of the tool's MCP server",
  default: 'the default',
  sticky: 'an earlier decision',
  user_config: 'your own config',
}
