/** The guard of the house: reads the modules of a `src` folder and says where they break the rules of CONTRIBUTING.md. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { parseAst } from 'rolldown/parseAst'

/** What the guard found; `modules` counts what it looked at. */
export interface Inspection {
  readonly modules: number
  readonly findings: readonly string[]
}

interface Module {
  /** The path inside `src`. */
  readonly path: string
  readonly lines: number
  readonly imports: readonly string[]
  readonly faults: readonly string[]
}

const MAX_LINES = 300

/** Tables and generated files may be long. */
const LONG_FILES = /^spec\/codes\/|\.generated\./

/** From left to right. Imports point to the left, or stay in the folder; those in one group do not know each other. */
const layers: readonly (readonly string[])[] = [
  ['util'],
  ['spec'],
  ['compiler'],
  ['runtime'],
  ['server', 'dev', 'testing'],
  ['cli'],
]

/** An entry point may import what its layer may; nobody imports an entry point. */
const entryLayers: Readonly<Record<string, string>> = {
  'index.ts': 'runtime',
  'compiler.ts': 'compiler',
  'server.ts': 'server',
  'testing.ts': 'testing',
}

/**
 * Checks layers, cycles (type imports count in both), default exports, module-level state and file sizes.
 *
 * @throws Error when there is no module to look at: a guard that sees nothing must not say that all is well.
 */
export function inspectHouse(src: string): Inspection {
  const entries = readdirSync(src, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const files = entries.map(({ parentPath, name }) => relative(src, join(parentPath, name))).sort()
  const modules = files.filter((file) => file.endsWith('.ts')).map((file) => readModule(src, file))
  if (modules.length === 0) throw new Error(`the guard saw no modules in ${src}`)
  return {
    modules: modules.length,
    findings: [
      ...files.filter(isForeign).map((file) => `${file} is not TypeScript`),
      ...modules.flatMap(ownFindings),
      ...modules.flatMap(layerFindings),
      ...cycleFindings(modules),
    ],
  }
}

function isForeign(file: string): boolean {
  return !file.endsWith('.ts') && !file.includes('.generated.')
}

function readModule(src: string, path: string): Module {
  const file = join(src, path)
  const text = readFileSync(file, 'utf8')
  const program = parseAst(text, { lang: file.endsWith('.d.ts') ? 'dts' : 'ts' }, file)
  const imports: string[] = []
  const faults: string[] = []
  visit(program, (node) => {
    const specifier = importedBy(node)
    if (specifier?.startsWith('.') !== true) return
    const target = resolve(dirname(file), specifier)
    if (existsSync(target)) imports.push(relative(src, target))
    else faults.push(`imports ${specifier}, which does not exist`)
  })
  for (const statement of program.body) faults.push(...statementFaults(statement))
  return {
    path,
    lines: text.split('\n').length - 1,
    imports: [...new Set(imports)],
    faults: [...new Set(faults)],
  }
}

/** The module named by an `import`, `import type`, `export … from`, `import()` or `import('…').Type`. */
function importedBy(node: object): string | undefined {
  const source: unknown = 'source' in node ? node.source : undefined
  if (typeof source !== 'object' || source === null || !('value' in source)) return undefined
  return typeof source.value === 'string' ? source.value : undefined
}

function statementFaults(statement: { readonly type: string; readonly kind?: string }): readonly string[] {
  if (statement.type === 'ExportDefaultDeclaration') return ['has a default export']
  if (statement.type === 'ExpressionStatement') return ['does something on import']
  if (statement.type === 'VariableDeclaration' && statement.kind !== 'const')
    return ['has a module-level variable']
  return []
}

function visit(value: unknown, see: (node: object) => void): void {
  if (typeof value !== 'object' || value === null) return
  see(value)
  for (const child of Object.values(value)) visit(child, see)
}

function ownFindings(module: Module): readonly string[] {
  const findings = module.faults.map((fault) => `${module.path} ${fault}`)
  if (module.lines > MAX_LINES && !LONG_FILES.test(module.path)) {
    findings.push(`${module.path} has ${module.lines} lines, more than ${MAX_LINES}`)
  }
  if (rankOf(layerOf(module.path)) === -1) findings.push(`${module.path} is in no layer`)
  return findings
}

function layerFindings(module: Module): readonly string[] {
  const from = layerOf(module.path)
  return module.imports
    .filter((target) => {
      const to = layerOf(target)
      if (target.startsWith('..')) return !target.endsWith('.json')
      return target in entryLayers || (to !== from && rankOf(to) >= rankOf(from))
    })
    .map((target) => `${module.path} imports ${target}, which is not to the left of it`)
}

function layerOf(path: string): string {
  return entryLayers[path] ?? path.slice(0, Math.max(0, path.indexOf('/')))
}

function rankOf(layer: string): number {
  return layers.findIndex((group) => group.includes(layer))
}

/** Follows imports depth first; meeting a module that is still being followed closes a cycle. */
function cycleFindings(modules: readonly Module[]): readonly string[] {
  const byPath = new Map(modules.map((module) => [module.path, module]))
  const done = new Set<string>()
  const findings: string[] = []
  const follow = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start !== -1) findings.push(`cycle: ${[...trail.slice(start), path].join(' -> ')}`)
    if (start !== -1 || done.has(path)) return
    for (const target of byPath.get(path)?.imports ?? []) follow(target, [...trail, path])
    done.add(path)
  }
  for (const module of modules) follow(module.path, [])
  return findings
}
