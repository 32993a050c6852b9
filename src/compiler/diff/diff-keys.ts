/** Compares two definitions key by key, with a table that says what a change of each key means. */
import { createChange, partOf } from './change.ts'
import type { Change, ChangeClass, Subject } from './change.ts'
import { describeChange, isEqual, membersOf } from './describe.ts'
import { handlersIn } from './sides.ts'
import type { Sides } from './sides.ts'

/** One key that differs, or whose code does. */
export interface Delta {
  readonly sides: Sides
  /** The definition's part under this key. */
  readonly subject: Subject
  readonly key: string
  readonly before: unknown
  readonly after: unknown
  /** The value is the same; these modules that it runs are not. */
  readonly modules: readonly string[]
}

/** The class of a key's change, or how to find it. */
export type KeyRule = ChangeClass | ((delta: Delta) => readonly Change[])

/** `undefined`: that of any other key. */
export type KeyRules = (key: string) => KeyRule

/** The changes of every key, in the order of the newer definition. */
export function diffKeys(
  sides: Sides,
  subject: Subject,
  [before, after]: readonly [older: object, newer: object],
  rules: KeyRules,
): readonly Change[] {
  const [old, young] = [membersOf(before), membersOf(after)]
  const keys = new Set([...young.keys(), ...old.keys()])
  return [...keys].flatMap((key) => {
    const [was, is] = [old.get(key), young.get(key)]
    const isSame = isEqual(was, is)
    const modules = isSame ? handlersIn({ [key]: is }).flatMap(sides.changedModules) : []
    if (isSame && modules.length === 0) return []
    const delta: Delta = { sides, subject: partOf(subject, key), key, before: was, after: is, modules }
    const rule = rules(key)
    return typeof rule === 'string' ? [createChange(delta.subject, rule, sentenceOf(delta))] : rule(delta)
  })
}

/** What happened to a key, in words. */
export function sentenceOf({ key, before, after, modules }: Delta): string {
  if (modules.length > 0) return `the code behind ${key} changed (${[...new Set(modules)].join(', ')})`
  return describeChange(key, before, after)
}
