/** What a comparison of two Programs is made of: changes, each with a class. */
import { toPointer } from '../../spec/path.ts'
import type { Path } from '../../spec/path.ts'

/**
 * What a change does to a run of the older spec that would go on with the newer one. `cosmetic`: nothing.
 * `compatible`: nothing it had is different. `behavioural`: it goes on, and may act differently. `needs_reapproval`:
 * what people decided does not hold for what would run now. `breaking`: it cannot go on.
 */
export type ChangeClass = 'cosmetic' | 'compatible' | 'behavioural' | 'needs_reapproval' | 'breaking'

/** From the mildest to the worst. */
export const CHANGE_CLASSES: readonly ChangeClass[] = [
  'cosmetic',
  'compatible',
  'behavioural',
  'needs_reapproval',
  'breaking',
]

/** True when a class is `limit` or worse. */
export function isAtLeast(given: ChangeClass, limit: ChangeClass): boolean {
  return CHANGE_CLASSES.indexOf(given) >= CHANGE_CLASSES.indexOf(limit)
}

/** The worst of some classes; `cosmetic` for none. */
export function worstClass(classes: Iterable<ChangeClass>): ChangeClass {
  let worst: ChangeClass = 'cosmetic'
  for (const one of classes) if (isAtLeast(one, worst)) worst = one
  return worst
}

/** For sorting: the worst first. */
export function byClass(
  one: { readonly class: ChangeClass },
  other: { readonly class: ChangeClass },
): number {
  return CHANGE_CLASSES.indexOf(other.class) - CHANGE_CLASSES.indexOf(one.class)
}

/** The milder of two classes. */
export function milderClass(one: ChangeClass, other: ChangeClass): ChangeClass {
  return isAtLeast(one, other) ? other : one
}

/** A definition, as `section/name`. */
export type Node = `${'agents' | 'tools' | 'models' | 'mcp_servers' | 'guardrails'}/${string}`

/** Calls by what they call; what is absent may be anything. Names are those of the older spec. */
export interface CallPattern {
  readonly agent?: string
  /** As the model writes it. */
  readonly name?: string
  /** The key of the tool. */
  readonly tool?: string
  readonly server?: string
}

/** What a change is about, in the names of the older spec: tells which runs it touches. */
export type Concern =
  | { readonly of: 'every_run' }
  /** How runs start; none that has started. */
  | { readonly of: 'new_runs' }
  /** `calls`: a run that waits on such a call is touched in full, any other that reaches the node may act differently. */
  | { readonly of: 'node'; readonly node: Node; readonly calls?: CallPattern }

/** One difference in meaning. */
export interface Change {
  readonly class: ChangeClass
  /** A sentence without a full stop: `tool cancel_order: parameters.amount is now required`. */
  readonly what: string
  /** Into the newer spec; into the older one for what was removed. */
  readonly pointer: string
  /** Where it is in each of the two; absent where it is not there at all. */
  readonly at: { readonly a?: string; readonly b?: string }
  readonly concerns: readonly Concern[]
  /** Part of what an approval binds to, gated or not. */
  readonly isBinding?: true
  /** Set for a schema that refuses earlier arguments: the tool of the newer spec whose parameters tell which. */
  readonly refusedBy?: string
}

/** What changes are said about: its name for people, where it is in each spec, and what it concerns. */
export interface Subject {
  /** `tool cancel_order`; empty for the spec itself. */
  readonly label: string
  readonly a?: Path
  readonly b?: Path
  readonly concerns: readonly Concern[]
}

/** Makes a change; `what` begins with the subject's label. */
export function createChange(
  subject: Subject,
  changeClass: ChangeClass,
  what: string,
  marks: Pick<Change, 'isBinding' | 'refusedBy'> = {},
): Change {
  const a = subject.a && toPointer(subject.a)
  const b = subject.b && toPointer(subject.b)
  return {
    class: changeClass,
    what: subject.label === '' ? what : `${subject.label}: ${what}`,
    pointer: b ?? a ?? '',
    at: { ...(a === undefined ? {} : { a }), ...(b === undefined ? {} : { b }) },
    concerns: subject.concerns,
    ...marks,
  }
}

/** A part of a subject, in both specs. */
export function partOf(subject: Subject, ...path: Path): Subject {
  return {
    ...subject,
    ...(subject.a === undefined ? {} : { a: [...subject.a, ...path] }),
    ...(subject.b === undefined ? {} : { b: [...subject.b, ...path] }),
  }
}

/** The same subject where it is gone, or new. */
export function onlyIn(subject: Subject, side: 'a' | 'b'): Subject {
  const { a: _a, b: _b, ...rest } = subject
  const place = subject[side]
  return { ...rest, ...(place === undefined ? {} : { [side]: place }) }
}
