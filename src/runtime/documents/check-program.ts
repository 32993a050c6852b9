/**
 * Looks at a Program that came in with a document, before it is archived: a Program is data that will run code. Its frame is
 * checked by the schema of documents; here is whether its parts fit together.
 */
import type { HandlerReference, Program, ToolDefinition } from '../../compiler/program.ts'
import { isJsonObject } from '../../util/json.ts'
import type { DocumentProblem } from './schema-problem.ts'

/** A Program of a document that fits its schema, which describes the frame of Programs. */
export function isProgram(program: unknown): program is Program {
  return isJsonObject(program)
}

/** What is wrong with a Program whose frame is right; pointers are into the Program. `null`: nothing. */
export function programProblem(program: Program): DocumentProblem | null {
  return firstOf([
    ...moduleProblems(program),
    ...handlerProblems(program),
    ...referenceProblems(program),
    ...sessionProblems(program),
  ])
}

function* sessionProblems({ session: { encryption, compaction } }: Program): Problems {
  const pointer = '/session'
  if (encryption !== undefined && !fits(encryption, { key: 'string', ttl: 'number' }))
    yield { pointer: `${pointer}/encryption`, problem: 'it needs a key and a ttl' }
  if (compaction !== undefined && !fits(compaction, { mode: 'string', threshold: 'number' }))
    yield { pointer: `${pointer}/compaction`, problem: 'it needs a mode and a threshold' }
}

function fits(value: unknown, types: Readonly<Record<string, string>>): boolean {
  return isJsonObject(value) && Object.entries(types).every(([key, type]) => typeof value[key] === type)
}

type Problems = Iterable<DocumentProblem | null>

function firstOf(problems: Problems): DocumentProblem | null {
  for (const problem of problems) if (problem !== null) return problem
  return null
}

function* moduleProblems({ modules }: Program): Problems {
  for (const [path, module] of Object.entries(modules)) {
    const pointer = `/modules/${escape(path)}`
    yield isInside(path) ? null : { pointer, problem: `the path of a module leads out of the spec's folder` }
    for (const [specifier, target] of Object.entries(module.imports)) {
      yield Object.hasOwn(modules, target)
        ? null
        : {
            pointer: `${pointer}/imports/${escape(specifier)}`,
            problem: `there is no module ${JSON.stringify(target)}`,
          }
    }
  }
}

/** A POSIX path below a folder, in its shortest form. */
function isInside(path: string): boolean {
  return (
    !path.includes('\\') &&
    !path.includes('\0') &&
    path.split('/').every((step) => !['', '.', '..'].includes(step))
  )
}

function* handlerProblems(program: Program): Problems {
  for (const [pointer, handler] of handlersOf(program)) {
    const [path = '', name, ...rest] = handler.split('#')
    const found =
      rest.length === 0 && name !== undefined && name !== '' && Object.hasOwn(program.modules, path)
    yield found ? null : { pointer, problem: `there is no module for handler ${JSON.stringify(handler)}` }
  }
}

type PlacedHandler = readonly [pointer: string, handler: string]

/** Every function of a module that the Program names, with its place. */
function* handlersOf(program: Program): Iterable<PlacedHandler> {
  for (const [key, tool] of Object.entries(program.tools))
    yield* handlersOfTool(`/tools/${escape(key)}`, tool)
  for (const [name, agent] of Object.entries(program.agents)) {
    const pointer = `/agents/${escape(name)}`
    yield* referenced(`${pointer}/instructions`, agent.instructions)
    yield* referenced(`${pointer}/tool_use_behavior`, agent.tool_use_behavior)
    for (const [index, handoff] of agent.handoffs.entries()) {
      yield* referenced(`${pointer}/handoffs/${index}/on_handoff`, handoff.on_handoff)
      yield* referenced(`${pointer}/handoffs/${index}/input_filter`, handoff.input_filter)
    }
  }
  for (const [name, guardrail] of Object.entries(program.guardrails))
    yield* referenced(`/guardrails/${escape(name)}`, guardrail)
  yield* referenced('/approvals/rejection_message', program.approvals.rejection_message)
  yield* referenced('/approvals/notify', program.approvals.notify)
  yield* referenced('/session/store', program.session.store)
  yield* referenced('/session/input_callback', program.session.input_callback)
  yield* referenced('/run/handoff_input_filter', program.run.handoff_input_filter)
  for (const [key, answer] of Object.entries(program.run.on_error))
    yield* referenced(`/run/on_error/${key}`, answer)
  yield* referenced('/run/call_model_input_filter', program.run.call_model_input_filter)
}

function* handlersOfTool(pointer: string, tool: ToolDefinition): Iterable<PlacedHandler> {
  if (tool.type === 'function') yield [`${pointer}/handler`, tool.handler]
  if (tool.type === 'agent') yield* referenced(`${pointer}/output`, tool.output)
  yield* referenced(`${pointer}/needs_approval`, tool.needs_approval)
  if ('on_approval' in tool) yield* referenced(`${pointer}/on_approval`, tool.on_approval)
  yield* referenced(`${pointer}/enabled`, tool.enabled)
  yield* referenced(`${pointer}/failure_error_function`, tool.failure_error_function)
}

function* referenced(pointer: string, value: unknown): Iterable<PlacedHandler> {
  if (isReference(value)) yield [`${pointer}/handler`, value.handler]
}

function isReference(value: unknown): value is HandlerReference {
  return (
    typeof value === 'object' && value !== null && 'handler' in value && typeof value.handler === 'string'
  )
}

function* referenceProblems(program: Program): Problems {
  const { entry, agents, tools, models } = program
  yield known(agents, entry, '/entry', 'agent')
  yield* guardrailProblems(program)
  for (const [key, tool] of Object.entries(tools)) {
    if (tool.type === 'agent') yield known(agents, tool.agent, `/tools/${escape(key)}/agent`, 'agent')
  }
  for (const [name, agent] of Object.entries(agents)) {
    const pointer = `/agents/${escape(name)}`
    if (!agent.model.includes('/')) yield known(models, agent.model, `${pointer}/model`, 'model')
    for (const [index, tool] of agent.tools.entries())
      yield known(tools, tool, `${pointer}/tools/${index}`, 'tool')
    for (const [index, handoff] of agent.handoffs.entries()) {
      yield known(agents, handoff.agent, `${pointer}/handoffs/${index}/agent`, 'agent')
    }
  }
}

function* guardrailProblems({ agents, tools, run, guardrails }: Program): Problems {
  for (const [name, guardrail] of Object.entries(guardrails)) {
    const pointer = `/guardrails/${escape(name)}/agent`
    if (guardrail.type === 'agent') yield known(agents, guardrail.agent, pointer, 'agent')
  }
  const guarded = [
    ...Object.entries(agents).map(([name, agent]) => [`/agents/${escape(name)}`, agent] as const),
    ...Object.entries(tools).map(([key, tool]) => [`/tools/${escape(key)}`, tool] as const),
    ['/run', run] as const,
  ]
  for (const [pointer, { input_guardrails: input, output_guardrails: output }] of guarded) {
    for (const [index, name] of input.entries())
      yield known(guardrails, name, `${pointer}/input_guardrails/${index}`, 'guardrail')
    for (const [index, name] of output.entries())
      yield known(guardrails, name, `${pointer}/output_guardrails/${index}`, 'guardrail')
  }
}

function known(map: object, key: string, pointer: string, what: string): DocumentProblem | null {
  return Object.hasOwn(map, key) ? null : { pointer, problem: `there is no ${what} ${JSON.stringify(key)}` }
}

function escape(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
