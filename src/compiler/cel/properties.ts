/** Reading one property of an object: does the schema have it, and is it sure to be there? */
import { suggest } from '../../util/suggest.ts'
import { pathKey } from './presence.ts'
import { dynShape, type ObjectShape, type Shape } from './shape.ts'

/** One finding in an expression. Offsets are UTF-16 code units of its text, `end` exclusive. */
export interface CelIssue {
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly start: number
  readonly end: number
}

/** What is found out about one expression, while it is walked. */
export interface Analysis {
  readonly variables: ReadonlyMap<string, Shape>
  /** By place and message: a macro shows some nodes twice. */
  readonly issues: Map<string, CelIssue>
  readonly read: Set<string>
  readonly undeclared: Map<ObjectShape, Set<string>>
}

/** What is known at one place of an expression. */
export interface Scope {
  /** Paths that are known to be there, as `pathKey` writes them. */
  readonly present: ReadonlySet<string>
  /** Variables of macros, by name; they hide the declared ones. */
  readonly bound: ReadonlyMap<string, { readonly shape: Shape; readonly id: string }>
}

/** What a node denotes: its shape, and where it comes from when that is a plain path from a variable. */
export interface Place {
  readonly shape: Shape
  readonly path?: readonly string[]
}

/** A stretch of an expression. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** A property as an expression names it. */
export interface Property extends Range {
  readonly name: string
  /** The expression only asks whether it is there. */
  readonly probed?: boolean
}

/** What a property denotes. What the schema does not have, or may not have, is reported. */
export function readProperty(analysis: Analysis, object: Place, property: Property, scope: Scope): Place {
  const { name, probed = false } = property
  const path = object.path === undefined ? {} : { path: [...object.path, name] }
  if (object.shape.kind === 'map') return { shape: object.shape.values, ...path }
  if (object.shape.kind !== 'object') return { shape: dynShape, ...path }
  const field = object.shape.fields.get(name)
  if (field === undefined) return { shape: reportUndeclared(analysis, object.shape, property), ...path }
  const guarded = path.path !== undefined && scope.present.has(pathKey(path.path))
  if (!field.required && !guarded && !probed) reportOptional(analysis, path.path, property)
  return { shape: field.shape, ...path }
}

function reportUndeclared(analysis: Analysis, shape: ObjectShape, property: Property): Shape {
  const { name } = property
  const hint = didYouMean(name, [...shape.fields.keys()], 'It has')
  if (shape.others === null) {
    report(analysis, 'error', property, `There is no property "${name}".${hint}`)
    return dynShape
  }
  const names = analysis.undeclared.get(shape) ?? new Set()
  analysis.undeclared.set(shape, names.add(name))
  const free = shape.partial || shape.others.kind !== 'dyn'
  if (!free) {
    report(analysis, 'warning', property, `The schema does not declare the property "${name}".${hint}`)
  }
  return shape.others
}

function reportOptional(analysis: Analysis, path: readonly string[] | undefined, property: Property): void {
  const guard =
    path?.every((part) => /^\w+$/.test(part)) === true ? `: has(${path.join('.')}) && ...` : ' with has().'
  const message = `"${property.name}" is optional, and the expression fails where it is absent. Guard it${guard}`
  report(analysis, 'warning', property, message)
}

/** Adds a finding, once. */
export function report(
  analysis: Analysis,
  severity: CelIssue['severity'],
  range: Range,
  message: string,
): void {
  const { start, end } = range
  analysis.issues.set(`${start} ${message}`, { severity, message, start, end })
}

/** The nearest of the names; a few of them when none is near; nothing when there are none. Begins with a space. */
export function didYouMean(name: string, names: readonly string[], label: string): string {
  const near = suggest(name, names)
  if (near !== undefined) return ` Did you mean "${near}"?`
  if (names.length === 0) return ''
  const shown = names.slice(0, 10).join(', ')
  return ` ${label}: ${shown}${names.length > 10 ? ', ...' : ''}.`
}
