/** Judges one thing by several guardrails side by side: the first that trips decides, and the others stop. */
import type { Json } from '../../util/json.ts'
import type { Usage } from '../state/usage.ts'
import type { GuardContext } from './guard-context.ts'
import { sumUsage } from './guard-usage.ts'
import { judge } from './judge.ts'
import type { Verdict } from './judge.ts'
import type { Subject } from './subject.ts'

/** A guardrail that tripped, and on what. */
export interface Trip {
  readonly guardrail: string
  readonly subject: Subject
  readonly message?: string
  readonly info?: Json
}

export interface Judgement {
  readonly trip: Trip | null
  /** Of the agents that were asked; absent when there were none. */
  readonly usage?: Usage
}

export const PASSED: Judgement = Object.freeze({ trip: null })

/** @throws RunFailure `guardrail_failed`: the first that could not judge, unless one tripped before. */
export async function judgeAll(
  guard: GuardContext,
  names: readonly string[],
  subject: Subject,
): Promise<Judgement> {
  if (names.length === 0) return PASSED
  const stop = new AbortController()
  const signal = AbortSignal.any([guard.signal, stop.signal])
  let judgement: Judgement = PASSED
  await Promise.all(
    names.map(async (name) => {
      try {
        const verdict = await judge({ ...guard, signal }, name, subject)
        judgement = withVerdict(guard, judgement, { name, verdict, subject })
        if (judgement.trip !== null) stop.abort()
      } catch (error) {
        if (judgement.trip !== null) return
        stop.abort()
        throw error
      }
    }),
  )
  return judgement
}

function withVerdict(
  { spec }: GuardContext,
  former: Judgement,
  judged: { readonly name: string; readonly verdict: Verdict; readonly subject: Subject },
): Judgement {
  const { name, verdict, subject } = judged
  const all = sumUsage(former.usage, verdict.usage)
  const usage = all === undefined ? {} : { usage: all }
  if (former.trip !== null || !verdict.tripped) return { ...former, ...usage }
  const message = verdict.message ?? spec.program.guardrails[name]?.message
  const said = message === undefined ? {} : { message }
  const info = verdict.info === undefined ? {} : { info: verdict.info }
  return { trip: { guardrail: name, subject, ...said, ...info }, ...usage }
}
