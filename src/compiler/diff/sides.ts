/** The two Programs of a comparison, and what every part of it asks about them. */
import { isJsonObject } from '../../util/json.ts'
import { moduleClosure, moduleOf } from '../module-closure.ts'
import type { Program } from '../program.ts'
import type { Node } from './change.ts'
import { matchTools } from './match-tools.ts'
import { migrationBetween, withNewNames } from './migration.ts'
import type { Migration } from './migration.ts'
import { usedNodes } from './node-graph.ts'

export interface Sides {
  /** The older Program as it is. */
  readonly older: Program
  /** The older Program, in the names of the newer one where a migration renames. */
  readonly a: Program
  readonly b: Program
  readonly migration: Migration
  /** What an agent of `a` was called before the migration. */
  readonly oldAgent: (name: string) => string
  /** Keys of tools in `a` to the keys of the same tools in `b`. */
  readonly toolKeys: ReadonlyMap<string, string>
  /** Names as in `a`. */
  readonly usedInA: ReadonlySet<Node>
  readonly usedInB: ReadonlySet<Node>
  /** The modules that a handler runs and that differ. The handler is the same text in both. */
  readonly changedModules: (handler: string) => readonly string[]
}

export function createSides(older: Program, newer: Program): Sides {
  const migration = migrationBetween(older, newer)
  const a = withNewNames(older, migration)
  const oldNames = new Map([...migration.agents].map(([old, name]) => [name, old]))
  const known = new Map<string, readonly string[]>()
  return {
    older,
    a,
    b: newer,
    migration,
    toolKeys: matchTools(a, newer),
    oldAgent: (name) => oldNames.get(name) ?? name,
    usedInA: usedNodes(a),
    usedInB: usedNodes(newer),
    changedModules: (handler) => {
      const modules = known.get(handler) ?? findChanged(older, newer, handler)
      known.set(handler, modules)
      return modules
    },
  }
}

function findChanged(a: Program, b: Program, handler: string): readonly string[] {
  const path = moduleOf(handler)
  if (!Object.hasOwn(a.modules, path) || !Object.hasOwn(b.modules, path)) return []
  const [before, after] = [moduleClosure(a, handler), moduleClosure(b, handler)]
  const paths = new Set([...before.keys(), ...after.keys()])
  return [...paths].filter((one) => before.get(one)?.source !== after.get(one)?.source)
}

/** Every handler, `path#export`, that a value names. */
export function handlersIn(value: unknown): readonly string[] {
  const found: string[] = []
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) part.forEach(visit)
    if (!isJsonObject(part)) return
    for (const [key, member] of Object.entries(part)) {
      if (key === 'handler' && typeof member === 'string' && member.includes('#')) found.push(member)
      else visit(member)
    }
  }
  visit(value)
  return found
}
