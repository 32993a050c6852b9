/**
 * Follows an expression through the schemas of its variables: which names exist, and which reads may find nothing.
 * The library only knows types; it knows neither optional properties nor open schemas.
 */
import type { ASTNode } from '@marcbachmann/cel-js'
import { presence } from './presence.ts'
import { didYouMean, readProperty, report } from './properties.ts'
import type { Analysis, CelIssue, Place, Property, Scope } from './properties.ts'
import { dynShape, type ObjectShape, type Shape } from './shape.ts'

export type { CelIssue } from './properties.ts'

export interface FieldAnalysis {
  readonly issues: readonly CelIssue[]
  /** The variables the expression reads. */
  readonly variables: ReadonlySet<string>
  /** Properties that open schemas do not name but the expression reads: the checker must be told of them. */
  readonly undeclared: ReadonlyMap<ObjectShape, ReadonlySet<string>>
}

/** Analyses a parsed expression. It cannot fail; what it cannot follow it says nothing about. */
export function analyseFields(ast: ASTNode, variables: ReadonlyMap<string, Shape>): FieldAnalysis {
  const analysis: Analysis = { variables, issues: new Map(), read: new Set(), undeclared: new Map() }
  visit(analysis, ast, { present: new Set(), bound: new Map() })
  return { issues: [...analysis.issues.values()], variables: analysis.read, undeclared: analysis.undeclared }
}

const unknownPlace: Place = { shape: dynShape }

function visit(analysis: Analysis, node: ASTNode, scope: Scope): Place {
  switch (node.op) {
    case 'id':
      return visitVariable(analysis, node, node.args, scope)
    case '.':
      return visitField(analysis, node, scope)
    case '[]':
      return visitIndex(analysis, node, scope)
    case 'call':
      return visitCall(analysis, node.args[0], node.args[1], scope)
    case 'rcall':
      return visitMethod(analysis, node.args, scope)
    case '&&':
    case '||':
      return visitLogical(analysis, node.op, node.args, scope)
    case '?:':
      return visitTernary(analysis, node.args, scope)
    case 'in':
      return visitIn(analysis, node.args, scope)
    case 'list':
      return visitList(analysis, node.args, scope)
    default:
      for (const child of childrenOf(node)) visit(analysis, child, scope)
      return unknownPlace
  }
}

function visitVariable(analysis: Analysis, node: ASTNode, name: string, scope: Scope): Place {
  const bound = scope.bound.get(name)
  if (bound !== undefined) return { shape: bound.shape, path: [bound.id] }
  const shape = analysis.variables.get(name)
  if (shape !== undefined) {
    analysis.read.add(name)
    return { shape, path: [name] }
  }
  if (!typeNames.has(name)) {
    const names = [...analysis.variables.keys()].sort()
    report(analysis, 'error', node, `Unknown variable "${name}".${didYouMean(name, names, 'Known here')}`)
  }
  return unknownPlace
}

/** Names that CEL itself defines. */
const typeNames = new Set(
  'bool bytes cel double dyn google int list map null_type string timestamp duration type uint'.split(' '),
)

function visitField(analysis: Analysis, node: ASTNode & { op: '.' }, scope: Scope): Place {
  return readProperty(analysis, visit(analysis, node.args[0], scope), propertyOf(node), scope)
}

function propertyOf(node: ASTNode & { op: '.' }): Property {
  return { name: node.args[1], start: node.pos, end: node.end }
}

function visitIndex(analysis: Analysis, node: ASTNode & { op: '[]' }, scope: Scope): Place {
  const [object, index] = node.args
  const place = visit(analysis, object, scope)
  if (index.op === 'value' && typeof index.args === 'string') {
    return readProperty(analysis, place, { name: index.args, start: index.start, end: index.end }, scope)
  }
  visit(analysis, index, scope)
  return { shape: place.shape.kind === 'list' ? place.shape.items : dynShape }
}

function visitCall(analysis: Analysis, name: string, args: readonly ASTNode[], scope: Scope): Place {
  const [first] = args
  if (name === 'has' && first?.op === '.') {
    const object = visit(analysis, first.args[0], scope)
    readProperty(analysis, object, { ...propertyOf(first), probed: true }, scope)
    return { shape: { kind: 'bool' } }
  }
  for (const argument of args) visit(analysis, argument, scope)
  return unknownPlace
}

const macros = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])

function visitMethod(
  analysis: Analysis,
  [name, receiver, args]: readonly [string, ASTNode, readonly ASTNode[]],
  scope: Scope,
): Place {
  const place = visit(analysis, receiver, scope)
  const [first, ...rest] = args
  if (macros.has(name) && first?.op === 'id' && rest.length > 0) {
    const inner = bind(scope, first.args, elementOf(place.shape), first.start)
    for (const argument of rest) visit(analysis, argument, inner)
    return { shape: name === 'filter' ? place.shape : dynShape }
  }
  if (name === 'bind' && receiver.op === 'id' && receiver.args === 'cel' && first?.op === 'id') {
    const [value, body] = rest
    if (value === undefined || body === undefined) return unknownPlace
    return visit(analysis, body, bind(scope, first.args, visit(analysis, value, scope).shape, first.start))
  }
  for (const argument of args) visit(analysis, argument, scope)
  return unknownPlace
}

function elementOf(shape: Shape): Shape {
  if (shape.kind === 'list') return shape.items
  return shape.kind === 'map' ? { kind: 'string' } : dynShape
}

/** Each binding has an identity of its own, so that nothing known of an outer variable is believed of it. */
function bind(scope: Scope, name: string, shape: Shape, start: number): Scope {
  return { ...scope, bound: new Map(scope.bound).set(name, { shape, id: `${name}@${start}` }) }
}

/**
 * Either side of `&&` and `||` may decide, whatever error the other gives: each side only matters where the other
 * one is true (for `&&`) or false (for `||`).
 */
function visitLogical(
  analysis: Analysis,
  op: '&&' | '||',
  [left, right]: readonly [ASTNode, ASTNode],
  scope: Scope,
): Place {
  const when = op === '&&'
  const identify = identities(scope)
  visit(analysis, left, knowing(scope, presence(right, identify, when)))
  visit(analysis, right, knowing(scope, presence(left, identify, when)))
  return { shape: { kind: 'bool' } }
}

function visitTernary(
  analysis: Analysis,
  [condition, yes, no]: readonly [ASTNode, ASTNode, ASTNode],
  scope: Scope,
): Place {
  visit(analysis, condition, scope)
  const identify = identities(scope)
  const shapes = [
    visit(analysis, yes, knowing(scope, presence(condition, identify, true))).shape,
    visit(analysis, no, knowing(scope, presence(condition, identify, false))).shape,
  ]
  return { shape: shapes[0] === shapes[1] && shapes[0] !== undefined ? shapes[0] : dynShape }
}

function visitIn(analysis: Analysis, [item, container]: readonly [ASTNode, ASTNode], scope: Scope): Place {
  const place = visit(analysis, container, scope)
  if (place.shape.kind === 'object' && item.op === 'value' && typeof item.args === 'string') {
    readProperty(analysis, place, { name: item.args, start: item.start, end: item.end, probed: true }, scope)
  } else {
    visit(analysis, item, scope)
  }
  return { shape: { kind: 'bool' } }
}

function identities(scope: Scope): (name: string) => string {
  return (name) => scope.bound.get(name)?.id ?? name
}

function visitList(analysis: Analysis, elements: readonly ASTNode[], scope: Scope): Place {
  const [first = dynShape, ...others] = elements.map((element) => visit(analysis, element, scope).shape)
  return { shape: { kind: 'list', items: others.every((shape) => shape === first) ? first : dynShape } }
}

function knowing(scope: Scope, paths: ReadonlySet<string>): Scope {
  return paths.size === 0 ? scope : { ...scope, present: new Set([...scope.present, ...paths]) }
}

function childrenOf(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'map':
      return node.args.flat()
    case '!_':
    case '-_':
      return [node.args]
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
      return node.args
    default:
      return []
  }
}
