/** A model that answers from a script: for tests, examples and work without a network. */
import { ModelFailure, UsageFailure } from '../../failures.ts'
import { systemClock } from '../../ports.ts'
import { statusFailure } from '../status-failure.ts'
import { firstMismatch, requestView } from './expectation.ts'
import { responseEvents } from './response-events.ts'
import { stepResponse } from './step-response.ts'
import type { ModelDefinition, ScriptStep } from '../../../compiler/program-models.ts'
import type { Clock } from '../../ports.ts'
import type { Model, ModelCallOptions, ModelEvent, ModelRequest } from '../model.ts'

type Script = NonNullable<ModelDefinition['script']>

/**
 * A model that gives the steps of `definition.script` in order. It keeps no place of its own: the next step is the
 * number of attempts recorded so far (`request.attempts.run`; with steps by agent, `.agent`), so a resumed run goes on
 * where the script was.
 *
 * @param name the key in `models`
 * @throws UsageFailure when there is no script.
 */
export function scriptedModel(
  definition: ModelDefinition,
  name: string,
  clock: Clock = systemClock(),
): Model {
  const { script } = definition
  if (script === undefined) {
    throw new UsageFailure(
      'model_unusable',
      `Model "${name}" is scripted but has no script`,
      `add models.${name}.script`,
    )
  }
  const who = `scripted/${name}`
  return {
    name: who,
    async *respond(request, options) {
      options.signal.throwIfAborted()
      yield* playStep(nextStep(script, request, who), { who, clock, request, options })
    },
  }
}

interface Scene {
  readonly who: string
  readonly clock: Clock
  readonly request: ModelRequest
  readonly options: ModelCallOptions
}

async function* playStep(step: ScriptStep, scene: Scene): AsyncGenerator<ModelEvent, void, void> {
  const { who, clock, request, options } = scene
  if (step.expect !== undefined) {
    const mismatch = firstMismatch(step.expect, requestView(request), 'request')
    if (mismatch !== null)
      throw new ModelFailure(`${who}: the request is not what the script expects: ${mismatch}`)
  }
  if (step.delay !== undefined) await clock.sleep(step.delay, options.signal)
  if (step.error !== undefined) throw stepFailure(who, step.error)
  const response = stepResponse(step, request)
  if (options.stream) yield* responseEvents(response)
  yield { type: 'response', response }
}

function nextStep(script: Script, request: ModelRequest, who: string): ScriptStep {
  const steps = isStepList(script) ? script : stepsOf(script, request.agent, who)
  const made = isStepList(script) ? request.attempts.run : request.attempts.agent
  const step = steps[made]
  if (step !== undefined) return step
  const [count, by] = [steps.length, isStepList(script) ? '' : ` for agent "${request.agent}"`]
  throw new ModelFailure(
    `${who} is used up: the script has ${count} ${count === 1 ? 'step' : 'steps'}${by}, this is attempt ${made + 1}`,
  )
}

function stepsOf(
  script: Readonly<Record<string, readonly ScriptStep[]>>,
  agent: string,
  who: string,
): readonly ScriptStep[] {
  const steps = Object.hasOwn(script, agent) ? script[agent] : undefined
  if (steps !== undefined) return steps
  throw new ModelFailure(
    `${who} has no steps for agent "${agent}", only for ${Object.keys(script).join(', ')}`,
  )
}

function isStepList(script: Script): script is readonly ScriptStep[] {
  return Array.isArray(script)
}

function stepFailure(who: string, error: NonNullable<ScriptStep['error']>): ModelFailure {
  const message = error.message ?? ''
  if (error.status === undefined)
    return new ModelFailure(`${who} failed${message === '' ? '' : `: ${message}`}`)
  return statusFailure(who, { status: error.status, message, retryAfter: error.retry_after ?? null })
}
