/** The compiler: text → Program. Pure, but for the loader it is given. */
import { basename, dirname, join, resolve } from 'node:path'
import { createReporter } from '../spec/reporter.ts'
import type { Reporter } from '../spec/reporter.ts'
import type { Spec } from '../spec/spec-types.generated.ts'
import { invariant } from '../util/invariant.ts'
import { isJsonObject } from '../util/json.ts'
import { lazy } from '../util/lazy.ts'
import { createTypeStripper } from '../util/type-stripper.ts'
import { checkSpec } from './check.ts'
import type { CompileResult, CompileSuccess } from './compile-result.ts'
import { provenanceOf } from './explain/provenance.ts'
import { createFileLoader } from './file-loader.ts'
import { finishDiagnostics } from './finish-diagnostics.ts'
import type { SpecLoader } from './loader.ts'
import { readLock } from './lock/read-lock.ts'
import type { ReadLock } from './lock/read-lock.ts'
import { lower } from './lower/lower.ts'
import { readModules } from './modules/read-modules.ts'
import { placeOf } from './place-of.ts'
import { withOrigin } from './program-origin.ts'
import type { Reading } from './reading.ts'
import { mergeFiles } from './resolve/merge-files.ts'
import { resolveReferences } from './resolve/resolve-references.ts'
import type { ResolvedSpec } from './resolve/resolve-references.ts'
import { readSpecFiles } from './spec-files.ts'
import type { SpecFiles } from './spec-files.ts'
import { specHash } from './spec-hash.ts'
import { validateFile } from './validate-file.ts'

export interface CompileOptions {
  /** Values of environment variables, to warn of a required one that is not set. Absent: nothing is said about them. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** False: the lock file is not looked at, for whoever is about to write it. */
  readonly lock?: boolean
}

export interface CompileInput extends CompileOptions {
  readonly loader: SpecLoader
  /** The root spec's name inside its folder. */
  readonly rootFile: string
  /** Absolute path of that folder. */
  readonly baseDir: string
  /** How a file of the folder (by its path in it) is called in diagnostics. */
  readonly displayName: (path: string) => string
}

/**
 * Compiles a spec and everything it names. Never throws for a mistake in the spec, a missing file included: every
 * mistake is a diagnostic, in the order of the files and of the places in them.
 */
export async function compileFile(path: string, options: CompileOptions = {}): Promise<CompileResult> {
  return await compileSpec(fileInput(path, options))
}

/** What compiling the spec in a file takes: everything is read from disk. */
export function fileInput(path: string, options: CompileOptions = {}): CompileInput {
  const rootFile = basename(path)
  const baseDir = dirname(resolve(path))
  return {
    ...options,
    loader: createFileLoader(baseDir, rootFile),
    rootFile,
    baseDir,
    displayName: (name) => (name === rootFile ? path : join(dirname(path), name)),
  }
}

/** The pipeline: load and parse, validate, resolve, check, lower, hash. */
export async function compileSpec(input: CompileInput): Promise<CompileResult> {
  using stripper = createTypeStripper()
  const reporter = createReporter()
  const reading: Reading = { ...input, report: reporter.report, stripper }

  const loaded = await readSpecFiles(reading)
  const [root] = loaded.files
  if (root === undefined || loaded.broken) return unreadable(input, loaded, reporter)
  for (const file of loaded.files) validateFile(file, file === root ? 'root' : 'included', reporter)

  const merged = mergeFiles(root, loaded.files, reporter.report)
  const resolved = await resolveReferences(merged, reading)
  const locked = input.lock !== false && hasServers(resolved) ? await readLock(reading) : UNLOCKED
  const checkOptions = { complete: loaded.complete, environment: input.environment, locked }
  const [modules] = await Promise.all([
    readModules(resolved.handlers, reading),
    checkSpec(resolved.document, checkOptions, reporter.report),
  ])

  const sources = [...resolved.sources, ...modules.sources]
  const described = describe(input, loaded, { ...resolved, sources, locked }, reporter)
  if (described.diagnostics.some(({ severity }) => severity === 'error')) return { ok: false, ...described }
  const spec = resolved.document.value
  invariant(isSpec(spec), 'a spec without errors is not a spec')
  // Whoever only wants to know what is wrong waits for neither.
  const program = lazy(() => withOrigin(lower(spec, modules.modules), described))
  const hash = lazy(() => specHash(program()))
  const origins = lazy(() => ({
    document: resolved.document,
    program: program(),
    specFiles: loaded.files.map(({ source }) => source.path),
    sources: [...loaded.sources, ...sources],
  }))
  return {
    ok: true,
    get program() {
      return program()
    },
    get hash() {
      return hash()
    },
    ...described,
    provenanceOf: (pointer) => provenanceOf(origins(), pointer),
  }
}

const UNLOCKED: ReadLock = { lock: null, source: null }

/** A spec without servers has nothing to lock. */
function hasServers({ document }: ResolvedSpec): boolean {
  const servers = isJsonObject(document.value) ? document.value['mcp_servers'] : undefined
  return isJsonObject(servers) && Object.keys(servers).length > 0
}

type Description = Omit<CompileSuccess, 'ok' | 'program' | 'hash' | 'provenanceOf'>

/** Nothing can be said about the meaning of a spec that cannot be read. */
function unreadable(input: CompileInput, loaded: SpecFiles, reporter: Reporter): CompileResult {
  const syntax = reporter.diagnostics.filter(
    ({ code }) => loaded.files.length === 0 || code.startsWith('AS1'),
  )
  return { ok: false, ...describe(input, loaded, undefined, { ...reporter, diagnostics: syntax }) }
}

function describe(
  input: CompileInput,
  loaded: SpecFiles,
  resolved: (ResolvedSpec & { readonly locked: ReadLock }) | undefined,
  reporter: Reporter,
): Description {
  const { lock = null, source: lockSource = null } = resolved?.locked ?? {}
  // The instructions of an agent may well be the spec itself.
  const read = [...loaded.sources, ...(resolved?.sources ?? []), ...(lockSource === null ? [] : [lockSource])]
  const files = [...new Set(read.map(({ file }) => file))]
  return {
    diagnostics: finishDiagnostics(reporter.diagnostics, files, loaded.ignores),
    files,
    sources: Object.fromEntries(loaded.sources.map(({ path, text }) => [path, text])),
    baseDir: input.baseDir,
    lock,
    placeOf: (pointer) => resolved && placeOf(resolved.document, pointer),
  }
}

/** Validation has found nothing wrong by the time this is asked. */
function isSpec(value: unknown): value is Spec {
  return isJsonObject(value) && value['agentspec'] === 1
}
