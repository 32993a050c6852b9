/** A script hands off to agents that are there, and that its agent can hand off to. */
import type { Path } from '../../spec/path.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { suggest } from '../../util/suggest.ts'
import { replaceText } from '../replace-text.ts'
import { usersOfModel } from './model-users.ts'
import type { RuleContext } from './rule-context.ts'
import { listItems, members } from './scope.ts'
import type { Definition } from './scope.ts'

export function scriptedHandoffs(context: RuleContext): void {
  if (!context.complete) return
  for (const model of context.scope.definitions('models')) {
    const { script } = model.value
    const path = [...model.path, 'script']
    if (Array.isArray(script)) checkSteps(context, { path, value: script }, usersOfModel(context, model.name))
    for (const [name, value] of members(script)) {
      const agent = context.scope.definition('agents', name)
      checkSteps(context, { path: [...path, name], value }, agent === undefined ? [] : [agent])
    }
  }
}

/** `agents`: whoever may be the one that hands off; nothing is said about that when there is none. */
function checkSteps(
  context: RuleContext,
  steps: { readonly path: Path; readonly value: Json },
  agents: readonly Definition[],
): void {
  for (const [index, step] of listItems(steps.value)) {
    const target = isJsonObject(step) ? step['handoff'] : undefined
    if (typeof target !== 'string') continue
    const path = [...steps.path, index, 'handoff']
    if (!context.scope.isDeclared('agents', target)) {
      reportUnknown(context, target, path)
    } else if (agents.length > 0 && !agents.some((agent) => canHandOff(context, agent, target))) {
      context.report('AS4021', { agents: agents.map(({ name }) => name), target }, { path })
    }
  }
}

function reportUnknown(context: RuleContext, name: string, path: Path): void {
  const known = context.scope.names('agents')
  const suggestion = suggest(name, known)
  const fix = replaceText(context.document.entryAt(path)?.node, suggestion)
  context.report('AS3001', { name, suggestion, known }, { path }, { fix })
}

/** A misspelt handoff may be the one that is meant: it is reported where it stands. */
function canHandOff({ scope }: RuleContext, agent: Definition, target: string): boolean {
  return listItems(agent.value['handoffs']).some(([, handoff]) => {
    const name = isJsonObject(handoff) ? handoff['agent'] : handoff
    return typeof name !== 'string' || name === target || !scope.isDeclared('agents', name)
  })
}
