/** What only the Responses API of OpenAI has is not asked of another model. */
import { valueAt } from '../../spec/document.ts'
import type { Path } from '../../spec/path.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { splitModelId } from '../lower/lower-model.ts'
import type { RuleContext } from './rule-context.ts'
import { listItems } from './scope.ts'
import type { Definition } from './scope.ts'

/** Tools that the provider runs. */
const hostedTypes: ReadonlySet<string> = new Set([
  'web_search',
  'file_search',
  'code_interpreter',
  'image_generation',
  'hosted_mcp',
])

export function responsesOnly(context: RuleContext): void {
  const { document, scope } = context
  const kept = keptBy(document.value)
  const outer =
    kept.conversation === null && kept.compaction === null ? new Set<string>() : outerAgents(context)
  for (const agent of scope.definitions('agents')) {
    const report = (what: string, path: Path): void => {
      const model = modelsOf(context, agent).find((name) => !speaksResponses(context, name))
      if (model !== undefined) context.report('AS4027', { what, agent: agent.name, model }, { path })
    }
    if (agent.value['prompt'] !== undefined) report('"prompt"', [...agent.path, 'prompt'])
    for (const tool of scope.toolsOf(agent)) {
      const { type } = tool.value
      if (typeof type === 'string' && hostedTypes.has(type))
        report(`The tool "${tool.visibleName}" (${type})`, tool.usedAt)
    }
    if (!outer.has(agent.name)) continue
    if (kept.conversation !== null) report('"conversation"', CONVERSATION)
    if (kept.compaction !== null) report('"compaction"', COMPACTION)
    if (storesNothing(context, agent)) reportStored(context, kept, agent.name)
  }
}

const CONVERSATION: Path = ['run', 'conversation']
const COMPACTION: Path = ['session', 'compaction']

/** What a spec asks of a provider for whole conversations; `null`: nothing. */
interface Kept {
  readonly conversation: Json
  readonly compaction: Json
}

function keptBy(document: Json): Kept {
  const conversation = valueAt(document, CONVERSATION) ?? null
  return {
    conversation: conversation === 'none' ? null : conversation,
    compaction: valueAt(document, COMPACTION) ?? null,
  }
}

/** Of an agent whose responses are not stored. */
function reportStored(context: RuleContext, { conversation, compaction }: Kept, agent: string): void {
  const contradicts = (what: string, path: Path): void => {
    const detail = `"${what}" goes on from stored responses, and "store" is false for the agent "${agent}"`
    context.report('AS4023', { detail }, { path })
  }
  if (conversation === 'auto_previous_response_id') contradicts(conversation, CONVERSATION)
  if (isJsonObject(compaction) && compaction['mode'] === 'previous_response_id')
    contradicts(compaction['mode'], [...COMPACTION, 'mode'])
}

/** The model of an agent and its fallbacks, by their names. */
function modelsOf({ document, scope }: RuleContext, agent: Definition): readonly string[] {
  const model = agent.value['model'] ?? valueAt(document.value, ['defaults', 'model'])
  if (typeof model !== 'string') return []
  const fallback = listItems(scope.definition('models', model)?.value['fallback'])
  return [model, ...fallback.flatMap(([, name]) => (typeof name === 'string' ? [name] : []))]
}

/** A name that is only known when a run is linked is judged then. Scripts answer whatever they are asked. */
function speaksResponses(context: RuleContext, name: string): boolean {
  const { provider = '', api = 'responses' } = definitionOf(context, name)
  if (typeof provider !== 'string' || provider.includes('${') || provider === 'scripted') return true
  return provider === 'openai' && api !== 'chat_completions'
}

function definitionOf({ document, scope }: RuleContext, name: string): JsonObject {
  if (!scope.isDeclared('models', name)) return { ...splitModelId(name) }
  const declared = valueAt(document.value, ['models', name])
  if (typeof declared === 'string') return { ...splitModelId(declared) }
  // What is no model is reported where it stands.
  return isJsonObject(declared) ? declared : { provider: 'scripted' }
}

function storesNothing(context: RuleContext, agent: Definition): boolean {
  const settings = [
    agent.value['model_settings'],
    valueAt(context.document.value, ['defaults', 'model_settings']),
    ...modelsOf(context, agent)
      .slice(0, 1)
      .map((name) => definitionOf(context, name)['settings']),
  ]
  const stores = settings.map((one) => (isJsonObject(one) ? one['store'] : undefined))
  return stores.find((value) => value !== undefined) === false
}

/** The agents a run may go through before it is nested: the first one, and whom it hands over to. */
function outerAgents({ document, scope }: RuleContext): ReadonlySet<string> {
  const entry = valueAt(document.value, ['entry']) ?? scope.names('agents')[0]
  const reached = new Set(typeof entry === 'string' ? [entry] : [])
  for (const name of reached) {
    for (const [, handoff] of listItems(scope.definition('agents', name)?.value['handoffs'])) {
      const target = isJsonObject(handoff) ? handoff['agent'] : handoff
      if (typeof target === 'string') reached.add(target)
    }
  }
  return reached
}
