/** Carries out the fixes that the diagnostics of a spec offer, and keeps those that leave fewer mistakes. */
import type { Diagnostic, Position, TextEdit } from '../../spec/diagnostic.ts'
import { invariant } from '../../util/invariant.ts'
import { compileSpec } from '../compile.ts'
import type { CompileInput } from '../compile.ts'
import type { CompileResult } from '../compile-result.ts'
import { applyEdits } from './apply-edits.ts'
import { chooseFixes } from './choose-fixes.ts'
import type { Fixable } from './choose-fixes.ts'
import { createSnapshot } from './spec-snapshot.ts'
import type { SpecSnapshot } from './spec-snapshot.ts'

/** A mistake that is no more. `start` is where it was, in the text as it was just before. */
export interface FixedMistake {
  readonly file: string
  readonly description: string
  readonly start: Position
  readonly code: string
  readonly message: string
}

/** The text of one file before and after; without its byte order mark. */
export interface FileChange {
  /** Path in the spec's folder. */
  readonly path: string
  readonly file: string
  readonly before: string
  readonly after: string
}

export interface FixedSpec {
  /** What compiling gives after the fixes. */
  readonly result: CompileResult
  readonly fixed: readonly FixedMistake[]
  readonly changes: readonly FileChange[]
}

/** A version of the spec, and how it came about. */
interface Version {
  readonly texts: ReadonlyMap<string, string>
  readonly result: CompileResult
  readonly fixed: readonly FixedMistake[]
}

interface Fixing {
  readonly input: CompileInput
  readonly snapshot: SpecSnapshot
  /** How many more compilations this may take. */
  budget: number
}

/** Enough for many fixes that have to be tried one by one, and an end for a spec in which all of them are in vain. */
const MOST_COMPILATIONS = 100

/** A fix may bring to light mistakes with fixes of their own, as in `modle: mian`. */
const MOST_FOLLOW_UPS = 3

/**
 * Fixes what can be fixed, in memory: nothing is written. A fix that would leave as many mistakes as there were is left
 * out. Fixing the outcome once more changes nothing.
 */
export async function fixSpec(input: CompileInput): Promise<FixedSpec> {
  const snapshot = createSnapshot(input.loader, input.displayName)
  const fixing: Fixing = { input, snapshot, budget: MOST_COMPILATIONS }
  let version = await compileVersion(fixing, new Map(), [])
  const refused = new Set<string>()
  for (;;) {
    let batch = chooseFixes(version.result.diagnostics.filter((one) => !refused.has(identityOf(one))))
    if (batch.length === 0 || fixing.budget <= 0) return finish(version, snapshot)
    let better: Version | undefined
    while ((better = await attempt(fixing, version, batch)) === undefined && batch.length > 1) {
      batch = batch.slice(0, Math.ceil(batch.length / 2))
    }
    if (better === undefined) {
      batch.forEach((one) => refused.add(identityOf(one)))
    } else {
      version = better
      // What was of no use may be of use now.
      refused.clear()
    }
  }
}

/** The version with the fixes, and with those of the mistakes that they bring to light; `undefined` when one is in vain. */
async function attempt(
  fixing: Fixing,
  version: Version,
  fixes: readonly Fixable[],
): Promise<Version | undefined> {
  const known = new Set(version.result.diagnostics.map(identityOf))
  let next = await carryOut(fixing, version, fixes)
  for (let step = 0; step < MOST_FOLLOW_UPS && !isWorthIt(version, next, fixes); step++) {
    const revealed = chooseFixes(next.result.diagnostics.filter((one) => !known.has(identityOf(one))))
    if (revealed.length === 0) return undefined
    next = await carryOut(fixing, next, revealed)
  }
  return isWorthIt(version, next, fixes) ? next : undefined
}

/** As many mistakes fewer as there are fixes. Where an error is gone, warnings may have come to light. */
function isWorthIt(before: Version, after: Version, fixes: readonly Fixable[]): boolean {
  const [was, is, fixed] = [count(before.result.diagnostics), count(after.result.diagnostics), count(fixes)]
  if (was.errors - is.errors < fixed.errors) return false
  return fixed.others === 0 || was.others - is.others >= fixed.others
}

function count(diagnostics: readonly Diagnostic[]): { readonly errors: number; readonly others: number } {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length
  return { errors, others: diagnostics.length - errors }
}

async function carryOut(fixing: Fixing, version: Version, fixes: readonly Fixable[]): Promise<Version> {
  const { snapshot } = fixing
  const edits = new Map<string, TextEdit[]>()
  for (const { file, fix } of fixes) {
    const path = snapshot.pathOf(file)
    invariant(path !== undefined, `${file}, which a fix is for, was read`)
    edits.set(path, [...(edits.get(path) ?? []), ...fix.edits])
  }
  const texts = new Map(version.texts)
  for (const [path, ofFile] of edits) {
    const text = texts.get(path) ?? snapshot.textOf(path)
    invariant(text !== undefined, `${path}, which a fix is for, has a text`)
    texts.set(path, applyEdits(text, ofFile))
  }
  const fixed = fixes.map(({ file, start, code, message, fix }) => ({
    file,
    description: fix.description,
    start,
    code,
    message,
  }))
  return await compileVersion(fixing, texts, [...version.fixed, ...fixed])
}

async function compileVersion(
  fixing: Fixing,
  texts: ReadonlyMap<string, string>,
  fixed: readonly FixedMistake[],
): Promise<Version> {
  fixing.budget--
  const loader = fixing.snapshot.loader(texts)
  return { texts, fixed, result: await compileSpec({ ...fixing.input, loader }) }
}

function finish({ texts, result, fixed }: Version, snapshot: SpecSnapshot): FixedSpec {
  const changes: FileChange[] = []
  for (const { file } of fixed) {
    const path = snapshot.pathOf(file)
    if (path === undefined || changes.some((change) => change.path === path)) continue
    const [before, after] = [snapshot.textOf(path), texts.get(path)]
    if (before !== undefined && after !== undefined) changes.push({ path, file, before, after })
  }
  return { result, fixed, changes }
}

/** The same mistake keeps it while the text around it changes. */
function identityOf({ code, file, pointer, message }: Diagnostic): string {
  return JSON.stringify([code, file, pointer, message])
}
