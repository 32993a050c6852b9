/** Which properties an expression makes sure of before it reads them: `has(args.x) && args.x > 1`. */
import type { ASTNode } from '@marcbachmann/cel-js'

/** The identity of a variable: its name, or something of its own for the variable of a macro. */
type Identify = (name: string) => string

/**
 * The paths, as `pathKey` writes them, that are known to be there when `node` is true (or, with `value` false, when
 * it is false).
 */
export function presence(node: ASTNode, identify: Identify, value: boolean): ReadonlySet<string> {
  switch (node.op) {
    case '!_':
      return presence(node.args, identify, !value)
    case '&&':
    case '||': {
      const [left, right] = node.args.map((side) => presence(side, identify, value))
      if (left === undefined || right === undefined) return nothing
      const both = (node.op === '&&') === value
      return new Set(both ? [...left, ...right] : [...left].filter((path) => right.has(path)))
    }
    case 'call': {
      const [name, [argument]] = node.args
      return value && name === 'has' && argument !== undefined ? pathsTo(argument, identify) : nothing
    }
    case 'in': {
      const [item, container] = node.args
      const path = pathOf(container, identify)
      const named = item.op === 'value' && typeof item.args === 'string' ? item.args : undefined
      return value && path !== undefined && named !== undefined ? prefixes([...path, named]) : nothing
    }
    default:
      return nothing
  }
}

const nothing: ReadonlySet<string> = new Set()

function pathsTo(node: ASTNode, identify: Identify): ReadonlySet<string> {
  const path = pathOf(node, identify)
  return path === undefined ? nothing : prefixes(path)
}

function prefixes(path: readonly string[]): ReadonlySet<string> {
  return new Set(path.map((_, index) => pathKey(path.slice(0, index + 1))))
}

function pathOf(node: ASTNode, identify: Identify): readonly string[] | undefined {
  if (node.op === 'id') return [identify(node.args)]
  if (node.op !== '.' && node.op !== '[]') return undefined
  const [object, key] = node.args
  const name =
    typeof key === 'string' ? key : key.op === 'value' && typeof key.args === 'string' ? key.args : undefined
  const path = pathOf(object, identify)
  return path === undefined || name === undefined ? undefined : [...path, name]
}

/** One text for a path: a variable and the properties below it. */
export function pathKey(path: readonly string[]): string {
  return JSON.stringify(path)
}
