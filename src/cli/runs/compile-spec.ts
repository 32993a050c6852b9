/** Compiles a spec for a command, and shows what is wrong with it. */
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { compileFile } from '../../compiler/compile.ts'
import type { CompileOptions } from '../../compiler/compile.ts'
import type { CompileResult, CompileSuccess } from '../../compiler/compile-result.ts'
import { createEnvironment } from '../../runtime/link/environment.ts'
import type { Invocation } from '../command.ts'
import type { Environment } from '../context.ts'
import { SpecInvalid } from '../failures.ts'
import { createReport, summaryLine } from '../report/check-report.ts'
import { prettyDiagnostics } from '../report/pretty.ts'
import type { TextOf } from '../report/pretty.ts'
import { readTextFile } from '../values.ts'

/**
 * A spec without errors.
 *
 * @throws SpecInvalid with every diagnostic, code frames included.
 */
export async function compileValid(
  invocation: Invocation,
  path: string,
  options: CompileOptions = {},
): Promise<CompileSuccess> {
  const result = await compileFile(path, options)
  if (result.ok) return result
  const { output } = invocation
  const { diagnostics } = result
  const report = prettyDiagnostics(diagnostics, textsOf(invocation, path, result), output.err)
  const summary = summaryLine(createReport([path], diagnostics, false), output.err)
  throw new SpecInvalid(`${path} is not a valid spec: ${summary}`, diagnostics, report)
}

/** The variables a spec sees: the real environment over `.env` beside it, or over `--env-file`. */
export async function variablesFor(invocation: Invocation, path: string): Promise<Environment> {
  const { context, flags } = invocation
  const named = flags.text('envFile')
  const dotenv =
    named === undefined
      ? await readFile(variablesFileOf(invocation, path), 'utf8').catch(() => '')
      : await readTextFile(named, context.cwd)
  return createEnvironment({ dotenv, real: context.env }).variables
}

/** Absolute path of the file that variables are read from; without `--env-file` it need not exist. */
export function variablesFileOf({ context, flags }: Invocation, path: string): string {
  return resolve(context.cwd, flags.text('envFile') ?? join(dirname(path), '.env'))
}

/** The texts of the files that diagnostics are about: the YAML as compiled, other files as they are on disk. */
export function textsOf({ context }: Invocation, path: string, result: CompileResult): TextOf {
  const texts = new Map<string, string | undefined>()
  for (const [name, text] of Object.entries(result.sources)) {
    texts.set(name === basename(path) ? path : join(dirname(path), name), text)
  }
  return (file) => {
    if (!texts.has(file)) texts.set(file, textOnDisk(resolve(context.cwd, file)))
    return texts.get(file)
  }
}

/** The text of a file without a byte order mark; `undefined` when it cannot be read. */
export function textOnDisk(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  } catch {
    // A frame is only an ornament: a missing file is what the diagnostic itself is about.
    return undefined
  }
}
