/** Items and values of a run as traces may show them: without what the schemas of the spec mark as sensitive. */
import { hideSensitive, mentionsSensitive } from '../../compiler/json-schema/sensitive.ts'
import type { JsonSchema, Program } from '../../compiler/program.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { parseStrictJson } from '../../util/strict-json.ts'
import { ARGS } from '../approvals/arguments-marker.ts'
import { isFunctionCall } from '../state/item.ts'
import type { CallOutput, Item } from '../state/item.ts'

/** How markers in an answer begin. */
const OUTPUT = 'output'

/** The same list where no schema of the spec marks anything. */
export function shownItems(program: Program, items: readonly Item[]): readonly Item[] {
  const calls = callSchemas(program)
  const answers = answerSchemas(program)
  if (calls.size === 0 && answers.length === 0) return items
  return items.map((item) => {
    if (isFunctionCall(item)) {
      return { ...item, arguments: hideInText(item.arguments, calls.get(item.name) ?? [], ARGS) }
    }
    const { type, role, output } = item
    // What an agent tool gave is the answer of an agent.
    if (type === 'function_call_output' && typeof output === 'string') {
      return { ...item, output: hideInText(output, answers, OUTPUT) }
    }
    return role === 'assistant' ? shownMessage(item, answers) : item
  })
}

/** An answer, whichever agent gave it. */
export function shownAnswer(program: Program, answer: Json): Json {
  return answerSchemas(program).reduce((shown, schema) => hideIn(shown, schema, OUTPUT), answer)
}

/** What a call gave: of an agent tool the answer of its agent. */
export function shownOutput(program: Program, output: CallOutput): CallOutput {
  return typeof output === 'string' ? hideInText(output, answerSchemas(program), OUTPUT) : output
}

/** What an agent hands over. */
export function shownInput(program: Program, from: string, to: string, input: Json): Json {
  const handoffs = Object.hasOwn(program.agents, from) ? (program.agents[from]?.handoffs ?? []) : []
  const schema = handoffs.find(({ agent }) => agent === to)?.input_schema
  return schema === undefined ? input : hideIn(input, schema, ARGS)
}

/** By the name that a model calls; several tools may have one name. */
function callSchemas({ tools, agents }: Program): ReadonlyMap<string, readonly JsonSchema[]> {
  const named = [
    ...Object.values(tools).flatMap((tool) =>
      'parameters' in tool ? [[tool.name, tool.parameters] as const] : [],
    ),
    ...Object.values(agents)
      .flatMap(({ handoffs }) => handoffs)
      .map(({ tool_name, input_schema = true }) => [tool_name, input_schema] as const),
  ].filter(([, schema]) => mentionsSensitive(schema))
  return new Map(
    [...Map.groupBy(named, ([name]) => name)].map(([name, list]) => [name, list.map(([, schema]) => schema)]),
  )
}

function answerSchemas({ agents }: Program): readonly JsonSchema[] {
  return Object.values(agents).flatMap(({ output }) =>
    output !== undefined && mentionsSensitive(output.schema) ? [output.schema] : [],
  )
}

function shownMessage(item: Item, schemas: readonly JsonSchema[]): Item {
  const { content } = item
  if (typeof content === 'string') return { ...item, content: hideInText(content, schemas, OUTPUT) }
  if (!isJsonArray(content)) return item
  const parts = content.map((part) =>
    isJsonObject(part) && typeof part['text'] === 'string'
      ? { ...part, text: hideInText(part['text'], schemas, OUTPUT) }
      : part,
  )
  return { ...item, content: parts }
}

/** In the JSON of a text; of any other text nothing is known. */
function hideInText(text: string, schemas: readonly JsonSchema[], name: string): string {
  const parsed = schemas.length === 0 ? null : parseStrictJson(text)
  if (parsed === null || !parsed.ok) return parsed === null || name === OUTPUT ? text : `[redacted:${name}]`
  const shown = schemas.reduce((value, schema) => hideIn(value, schema, name), parsed.value)
  return shown === parsed.value ? text : JSON.stringify(shown)
}

function hideIn(value: Json, schema: JsonSchema, name: string): Json {
  return hideSensitive(schema, value, name).value
}
