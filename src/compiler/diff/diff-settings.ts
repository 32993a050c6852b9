/** Everything of a spec that is not an agent, a tool, a server or a rule. */
import { fromPointer } from '../../spec/path.ts'
import { moduleClosure, moduleOf } from '../module-closure.ts'
import type { Program } from '../program.ts'
import { createChange, milderClass, onlyIn } from './change.ts'
import type { Change, ChangeClass, Concern, Node, Subject } from './change.ts'
import { isEqual } from './describe.ts'
import { diffKeys } from './diff-keys.ts'
import type { KeyRules } from './diff-keys.ts'
import { diffRules } from './diff-rules.ts'
import { handlersIn } from './sides.ts'
import type { Sides } from './sides.ts'

/** Keys of the spec itself: how they are compared is in the files of their sections. */
const sections: ReadonlySet<string> = new Set([
  'agents',
  'approvals',
  'context',
  'guardrails',
  'mcp_servers',
  'models',
  'modules',
  'run',
  'session',
  'tools',
  'tracing',
])

const EVERY_RUN: readonly Concern[] = [{ of: 'every_run' }]
const NEW_RUNS: readonly Concern[] = [{ of: 'new_runs' }]

/** The header of a spec, its context, and what holds for all runs. */
export function diffSettings(sides: Sides): readonly Change[] {
  const { a, b } = sides
  const spec: Subject = { label: '', a: [], b: [], concerns: EVERY_RUN }
  return [
    ...withStart(diffKeys(sides, spec, [withoutSections(a), withoutSections(b)], headerRule)),
    ...withStart(diffSection(sides, 'context', () => 'behavioural')),
    ...diffSection(sides, 'approvals', (key) => (key === 'rules' ? () => diffRules(sides) : 'behavioural')),
    ...diffSection(sides, 'session', () => 'behavioural'),
    ...diffSection(sides, 'run', () => 'behavioural'),
    ...diffSection(sides, 'tracing', () => 'behavioural'),
  ]
}

const headerClasses: Readonly<Record<string, ChangeClass>> = {
  name: 'cosmetic',
  version: 'cosmetic',
  description: 'cosmetic',
}

/** Migrations say how runs of other versions come here, and nothing about a run that is here. */
const headerRule: KeyRules = (key) =>
  key === 'migrations'
    ? ({ subject }) => [createChange(subject, 'compatible', 'migrations changed')]
    : (headerClasses[key] ?? 'behavioural')

/** Where a run starts, and with what context, was settled when it started. */
function withStart(changes: readonly Change[]): readonly Change[] {
  const ofStart = ['/entry', '/context/default']
  return changes.map((change) =>
    ofStart.includes(change.pointer) ? { ...change, concerns: NEW_RUNS } : change,
  )
}

function withoutSections(program: Program): object {
  return Object.fromEntries(Object.entries(program).filter(([key]) => !sections.has(key)))
}

type Section = 'approvals' | 'context' | 'run' | 'session' | 'tracing'

function diffSection(sides: Sides, section: Section, rules: KeyRules): readonly Change[] {
  const subject: Subject = { label: section, a: [section], b: [section], concerns: EVERY_RUN }
  return diffKeys(sides, subject, [sides.a[section], sides.b[section]], rules)
}

/** Models by name. One that an agent names as `provider/model` is part of the agent. */
export function diffModels(sides: Sides): readonly Change[] {
  return diffDefinitions(sides, 'models', 'model').filter((change) => !isOfAgent(change))
}

function isOfAgent({ pointer, at }: Change): boolean {
  const isKept = at.a !== undefined && at.b !== undefined
  return !isKept && String(fromPointer(pointer)[1]).includes('/')
}

export function diffGuardrails(sides: Sides): readonly Change[] {
  return diffDefinitions(sides, 'guardrails', 'guardrail')
}

/** Definitions that no approval binds to. */
function diffDefinitions(sides: Sides, section: 'models' | 'guardrails', kind: string): readonly Change[] {
  const before: Readonly<Record<string, object>> = sides.a[section]
  const after: Readonly<Record<string, object>> = sides.b[section]
  const names = new Set([...Object.keys(after), ...Object.keys(before)])
  return [...names].flatMap((name) => {
    const node: Node = `${section}/${name}`
    const [old, young] = [own(before, name), own(after, name)]
    const place = [section, name]
    const subject: Subject = {
      label: `${kind} ${name}`,
      a: place,
      b: place,
      concerns: [{ of: 'node', node }],
    }
    if (old === undefined) return [createChange(onlyIn(subject, 'b'), 'compatible', 'added')]
    const isUsed = sides.usedInA.has(node)
    if (young === undefined) {
      const hasTwin = Object.values(after).some((other) => isEqual(other, old))
      return [createChange(onlyIn(subject, 'a'), isUsed && !hasTwin ? 'behavioural' : 'cosmetic', 'removed')]
    }
    const unused = sides.usedInB.has(node) ? 'compatible' : 'cosmetic'
    const changes = diffKeys(sides, subject, [old, young], () => 'behavioural')
    return isUsed
      ? changes
      : changes.map((change) => ({ ...change, class: milderClass(change.class, unused) }))
  })
}

function own<T>(map: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined
}

/** Modules that no handler of either spec reaches: they are part of the hash, and never run. */
export function diffUnusedModules(sides: Sides): readonly Change[] {
  const { older, b } = sides
  const reached = new Set([...reachedModules(older), ...reachedModules(b)])
  const paths = new Set([...Object.keys(older.modules), ...Object.keys(b.modules)])
  return [...paths]
    .filter((path) => !reached.has(path) && !isEqual(own(older.modules, path), own(b.modules, path)))
    .map((path) => {
      const place = ['modules', path]
      const both: Subject = { label: `module ${path}`, a: place, b: place, concerns: [] }
      const [isInA, isInB] = [Object.hasOwn(older.modules, path), Object.hasOwn(b.modules, path)]
      const subject = isInA && isInB ? both : onlyIn(both, isInA ? 'a' : 'b')
      return createChange(subject, 'cosmetic', 'changed; nothing runs it')
    })
}

function reachedModules({ modules, ...rest }: Program): readonly string[] {
  const handlers = new Set(handlersIn(rest))
  return [...handlers].flatMap((handler) => {
    const path = moduleOf(handler)
    return Object.hasOwn(modules, path) ? [...moduleClosure({ modules }, handler).keys()] : []
  })
}
