/** A model that answers from a script in code, for tests of programs: it keeps what it was asked, and says what was not. */
import assert from 'node:assert/strict'
import { lowerModel } from '../compiler/lower/lower-model.ts'
import { mapValues } from '../util/compact.ts'
import { UsageFailure } from '../runtime/failures.ts'
import type { Model, ModelRequest } from '../runtime/models/model.ts'
import { scriptedModel as scriptedModelOf } from '../runtime/models/scripted/scripted-model.ts'
import type { ScriptStepSpec } from '../spec/spec-types.generated.ts'

/** One answer, as `script` of a spec writes it: exactly one of `text`, `output`, `tool_calls`, `handoff`, `items`, `error`. */
export type ScriptedStep = ScriptStepSpec

/** Steps in order, or by agent. */
export type ScriptedSteps = readonly ScriptedStep[] | Readonly<Record<string, readonly ScriptedStep[]>>

export interface ScriptedModel extends Model {
  /** What it was asked, oldest first; a repeated attempt is asked again. */
  readonly requests: readonly ModelRequest[]
  /** Throws an `AssertionError` when steps are left that nobody asked for. */
  assertComplete(): void
}

const ANSWERS = ['text', 'output', 'tool_calls', 'handoff', 'items', 'error'] as const

/**
 * A model for `createRunner(program, { models: { main: scriptedModel([...]) } })`. Each call takes the next step, also over
 * several runs and resumes; by agent, the next one of that agent. Once they are used up a call fails with `model_error`, and so
 * does one whose `expect` does not match.
 *
 * @param name for messages
 * @throws UsageFailure `invalid_script` for a step that does not say exactly one thing.
 */
export function scriptedModel(steps: ScriptedSteps, name: string = 'test'): ScriptedModel {
  const isList = isStepList(steps)
  const script = mapValues(isList ? { all: steps } : steps, copy)
  const definition = lowerModel({ provider: 'scripted', script: isList ? (script['all'] ?? []) : script })
  const model = scriptedModelOf(definition, name)
  const requests: ModelRequest[] = []
  const used = new Map<string, number>()
  return {
    name: model.name,
    requests,
    async *respond(request, options) {
      requests.push(request)
      const key = isList ? 'all' : request.agent
      const made = used.get(key) ?? 0
      used.set(key, made + 1)
      yield* model.respond({ ...request, attempts: { run: made, agent: made } }, options)
    },
    assertComplete: () => {
      for (const [key, given] of Object.entries(script)) {
        const [next, ...others] = given.slice(used.get(key) ?? 0)
        if (next === undefined) continue
        const whose = isList ? '' : ` for agent "${key}"`
        const left = `${others.length + 1} of ${given.length}`
        assert.fail(`${model.name} has ${left} steps left${whose}; the next one is ${JSON.stringify(next)}`)
      }
    },
  }
}

function isStepList(steps: ScriptedSteps): steps is readonly ScriptedStep[] {
  return Array.isArray(steps)
}

function copy(steps: readonly ScriptedStep[]): ScriptedStep[] {
  for (const [index, step] of steps.entries()) {
    const said = ANSWERS.filter((key) => step[key] !== undefined)
    if (said.length === 1) continue
    const what = said.length === 0 ? 'nothing' : said.join(' and ')
    throw new UsageFailure(
      'invalid_script',
      `Step ${index + 1} of the script says ${what}`,
      `Give each step exactly one of ${ANSWERS.join(', ')}`,
    )
  }
  return structuredClone([...steps])
}
