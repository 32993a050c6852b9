/** Judges one thing by one guardrail. What cannot be judged is a failure, never passed. */
import type { GuardrailDefinition, HandlerGuardrailDefinition } from '../../compiler/program-guardrails.ts'
import { assertNever, invariant } from '../../util/invariant.ts'
import { isJsonObject, parseJson } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { messageOf } from '../../util/message-of.ts'
import { unlessAborted } from '../../util/unless-aborted.ts'
import { RunFailure } from '../failures.ts'
import { LockDrift } from '../lock/lock-drift.ts'
import { callHandler } from '../runner/call-handler.ts'
import type { Usage } from '../state/usage.ts'
import type { GuardContext } from './guard-context.ts'
import { askAgent } from './ask-agent.ts'
import { describePlace } from './subject.ts'
import type { Subject } from './subject.ts'

export interface Verdict {
  readonly tripped: boolean
  /** What the guardrail says about it. */
  readonly message?: string
  /** What else it gave. */
  readonly info?: Json
  /** Of the agent it asked. */
  readonly usage?: Usage
}

/**
 * @throws RunFailure `guardrail_failed`: it could not judge; LockDrift of the servers of the agent it asks. An abort by `signal` rejects with the signal's reason, also
 *   where the guardrail ignores it.
 */
export async function judge(guard: GuardContext, name: string, subject: Subject): Promise<Verdict> {
  const definition = guard.spec.program.guardrails[name]
  invariant(definition !== undefined, `guardrail ${name} is part of the Program`)
  try {
    return await unlessAborted(judgeBy(guard, { name, definition }, subject), guard.signal)
  } catch (error) {
    if (guard.signal.aborted || error instanceof LockDrift) throw error
    throw failureOf(guard, name, subject, error)
  }
}

interface NamedGuardrail<T = GuardrailDefinition> {
  readonly name: string
  readonly definition: T
}

async function judgeBy(
  guard: GuardContext,
  { name, definition }: NamedGuardrail,
  subject: Subject,
): Promise<Verdict> {
  switch (definition.type) {
    case 'handler':
      return judgeByHandler(guard, { name, definition }, subject)
    case 'regex': {
      const pattern = await guard.spec.pattern(definition.pattern)
      if (definition.block === 'others') return { tripped: !pattern.test(subject.text) }
      return { tripped: pattern.test(subject.text) || pattern.test(subject.decoded) }
    }
    case 'cel': {
      const values = scopeOf(guard, subject)
      return {
        tripped: await guard.spec.condition(definition.when, { about: 'guardrail', guardrail: name }, values),
      }
    }
    case 'agent': {
      const { output, usage } = await askAgent(guard, definition.agent, subject)
      const values = { ...scopeOf(guard, subject), output }
      const place = { about: 'guardrail', guardrail: name } as const
      const tripped = await guard.spec.condition(definition.trip_when, place, values)
      // An answer about withheld content may quote it.
      const isShown = subject.where === 'input' || subject.where === 'tool_input'
      return { tripped, usage, ...(tripped && isShown ? { info: output } : {}) }
    }
    default:
      return assertNever(definition)
  }
}

function scopeOf({ spec, state }: GuardContext, { agent, tool, input, output, args }: Subject): JsonObject {
  return { agent, tool: tool ?? '', input, output, args, context: spec.reveal(state.context) }
}

async function judgeByHandler(
  guard: GuardContext,
  { name, definition }: NamedGuardrail<HandlerGuardrailDefinition>,
  subject: Subject,
): Promise<Verdict> {
  const { where: _, agent, tool, call_id, input, output, args, items } = subject
  const judged = structuredClone({ input, output, args, items })
  const about = { what: `guardrail ${name}`, agent }
  const call = tool === null ? {} : { tool, call_id }
  const run = { spec: guard.spec, writer: { state: guard.state }, signal: guard.signal }
  const given = await callHandler(run, definition.handler, about, (ctx) => [
    judged,
    { ...ctx, ...call, signal: guard.signal },
  ])
  return verdictOf(guard, given)
}

/** A bool, or `{ tripped, info?, message? }`. */
function verdictOf({ spec }: GuardContext, given: unknown): Verdict {
  if (typeof given === 'boolean') return { tripped: given }
  const value = plain(given)
  if (!isJsonObject(value) || typeof value['tripped'] !== 'boolean') {
    throw new TypeError('it returned neither a bool nor { tripped, info?, message? }')
  }
  const { tripped, message, info } = value
  return {
    tripped,
    ...(typeof message === 'string' ? { message: spec.redactor.text(message) } : {}),
    ...(info === undefined ? {} : { info: spec.redactor.json(info) }),
  }
}

/** As JSON, whatever a handler gave. */
function plain(value: unknown): Json {
  const text: unknown = JSON.stringify(value)
  return typeof text === 'string' ? parseJson(text) : null
}

function failureOf({ spec }: GuardContext, name: string, subject: Subject, error: unknown): RunFailure {
  const { agent, tool, call_id } = subject
  const message = spec.redactor.text(messageOf(error))
  return new RunFailure(
    {
      code: 'guardrail_failed',
      message: `Guardrail ${name} could not judge ${describePlace(subject)}: ${message}`,
      agent,
      ...(tool === null ? {} : { tool }),
      ...(call_id === null ? {} : { call_id }),
    },
    { cause: error },
  )
}
