/** Collects the closure of tool modules: those the handlers name, and what they import inside the folder. */
import type { Location } from '../../spec/diagnostic.ts'
import { createSource } from '../../spec/source.ts'
import type { Source } from '../../spec/source.ts'
import type { ModuleSource } from '../program.ts'
import type { Reading } from '../reading.ts'
import { resolvePath } from '../resolve/paths.ts'
import { reportUnreadable } from '../resolve/report-unreadable.ts'
import type { HandlerUse } from '../resolve/resolve-handlers.ts'
import type { ModuleImport } from './module-facts.ts'
import { isModulePath } from './module-path.ts'
import { suggestImport } from './suggest-import.ts'

export interface ModuleShape {
  readonly source: Source
  readonly imports: readonly ModuleImport[]
  readonly exports: ReadonlySet<string>
  /** Specifiers of `export * from`. */
  readonly starExports: readonly string[]
  /** The module could not be read whole: it may export anything. */
  readonly opaque: boolean
}

export interface LoadedModule {
  readonly shape: ModuleShape
  /** Relative imports: specifier as written → path of the module. */
  readonly imports: Readonly<Record<string, string>>
}

export type Modules = ReadonlyMap<string, LoadedModule>

/** A module to read, and who asks for it. */
interface Request {
  readonly path: string
  readonly written: string
  readonly location: Location
  readonly pointer: string
  readonly importedBy: Source | undefined
}

/**
 * Reads every module once. A missing one is reported wherever it is named: at the handlers, and at the imports. Packages
 * and `node:` modules are not looked at.
 */
export async function loadModules(uses: readonly HandlerUse[], reading: Reading): Promise<Modules> {
  const modules = new Map<string, LoadedModule>()
  let requests: readonly Request[] = uses.map((use) => ({ ...use, importedBy: undefined }))
  while (requests.length > 0) {
    const byPath = Map.groupBy(requests, ({ path }) => path)
    const loaded = await Promise.all([...byPath.values()].map((same) => loadModule(same, reading)))
    for (const one of loaded) if (one !== undefined) modules.set(one.path, one.module)
    requests = loaded.flatMap((one) => one?.requests ?? []).filter(({ path }) => !modules.has(path))
  }
  return modules
}

interface Loaded {
  readonly path: string
  readonly module: LoadedModule
  /** For the modules that this one imports. */
  readonly requests: readonly Request[]
}

/** The module that several requests name. */
async function loadModule(same: readonly Request[], reading: Reading): Promise<Loaded | undefined> {
  for (const request of same) {
    const source = await readRequested(request, reading)
    if (source === undefined) continue
    const shape = await shapeOf(source, reading, request.pointer)
    const requests = importRequests(shape, reading, request.pointer)
    const imports = Object.fromEntries(requests.map(({ written, path }) => [written, path]))
    return { path: request.path, module: { shape, imports }, requests }
  }
  return undefined
}

async function shapeOf(source: Source, reading: Reading, pointer: string): Promise<ModuleShape> {
  const stripping = reading.stripper.strip(source.text)
  const { prepareReading, readModule } = await import('./read-module.ts')
  await prepareReading()
  const { opaque, ...facts } = readModule(source, await stripping, reading.report, pointer)
  return { ...facts, source, exports: new Set(facts.exports), opaque }
}

/** The modules as a Program holds them. */
export function toModuleSources(modules: Modules): Readonly<Record<string, ModuleSource>> {
  return Object.fromEntries(
    [...modules].map(([path, { shape, imports }]) => [path, { source: shape.source.text, imports }]),
  )
}

function importRequests(shape: ModuleShape, reading: Reading, pointer: string): readonly Request[] {
  const { source } = shape
  return shape.imports.flatMap(({ specifier, start, end }) => {
    const location = source.locate(start, end)
    const resolved = resolvePath(source.path, specifier)
    if (resolved.ok)
      return [{ path: resolved.path, written: specifier, location, pointer, importedBy: source }]
    reading.report('AS3015', { specifier, why: resolved.why }, location, { pointer })
    return []
  })
}

async function readRequested(request: Request, reading: Reading): Promise<Source | undefined> {
  const { path, written, location, pointer, importedBy } = request
  const result = await reading.loader.readText(path)
  if (result.ok && isModulePath(path)) return createSource(reading.displayName(path), path, result.text)
  if (result.ok) {
    reading.report('AS3013', { path: written }, location, { pointer })
  } else if (
    importedBy !== undefined &&
    (result.problem === 'not_found' || result.problem === 'not_a_file')
  ) {
    const suggestion = await suggestImport(reading.loader, path, written)
    reading.report('AS3016', { specifier: written, suggestion }, location, { pointer })
  } else if (importedBy !== undefined && result.problem === 'outside') {
    const why = "is a link that leads out of the spec's folder"
    reading.report('AS3015', { specifier: written, why }, location, { pointer })
  } else {
    await reportUnreadable(reading, request, result.problem)
  }
  return undefined
}
