/** Remembers what is in the modules of specs, in files beside the code that Node keeps compiled. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { getCompileCacheDir } from 'node:module'
import { dirname, join } from 'node:path'
import type { ModuleFacts, ModuleImport, ModuleMemory } from '../compiler/modules/module-facts.ts'
import { isJsonArray, isJsonObject, parseJson } from '../util/json.ts'
import type { Json } from '../util/json.ts'
import { packageVersion } from './package-root.ts'

/**
 * The memory for the modules of specs in one folder; undefined when Node keeps no compiled code. `cache` is the folder
 * where it does. A file that is missing, unreadable or about another text only costs time, as does one that cannot be
 * written.
 */
export function createModuleMemory(
  baseDir: string,
  cache: string | undefined = getCompileCacheDir(),
): ModuleMemory | undefined {
  if (cache === undefined) return undefined
  const version = packageVersion()
  const fileOf = (path: string): string =>
    join(cache, 'agentspec-modules', `${spreadOut(join(baseDir, path))}.json`)
  return {
    recall: (path, text) => {
      const kept = readKept(fileOf(path))
      const isSame =
        kept?.['version'] === version && kept['path'] === join(baseDir, path) && kept['text'] === text
      return isSame ? toFacts(kept['facts']) : undefined
    },
    keep: (path, text, facts) => {
      writeWhole(fileOf(path), JSON.stringify({ version, path: join(baseDir, path), text, facts }))
    },
  }
}

/** A file name for a path: any number would do, for path and text are compared with those in the file. */
function spreadOut(path: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57]
  for (let index = 0; index < path.length; index++) {
    a = Math.imul(a ^ path.charCodeAt(index), 0x9e3779b1)
    b = Math.imul(b ^ path.charCodeAt(index), 0x5f356495)
  }
  return [a, b].map((part) => (part >>> 0).toString(16).padStart(8, '0')).join('')
}

function readKept(file: string): Readonly<Record<string, Json>> | undefined {
  try {
    const kept = parseJson(readFileSync(file, 'utf8'))
    return isJsonObject(kept) ? kept : undefined
  } catch {
    return undefined
  }
}

/** In one step: a reader never sees half a file. */
function writeWhole(file: string, text: string): void {
  const fresh = `${file}.${process.pid}`
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(fresh, text)
    renameSync(fresh, file)
  } catch {
    // The next compilation reads the module anew.
  }
}

function toFacts(kept: Json | undefined): ModuleFacts | undefined {
  if (!isJsonObject(kept)) return undefined
  const { imports, exports, starExports } = kept
  return isListOf(imports, isImport) && isListOf(exports, isText) && isListOf(starExports, isText)
    ? { imports, exports, starExports }
    : undefined
}

function isListOf<T>(
  value: Json | undefined,
  isItem: (item: unknown) => item is T,
): value is Json & readonly T[] {
  return isJsonArray(value) && value.every(isItem)
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isImport(value: unknown): value is ModuleImport & Json {
  return (
    isJsonObject(value) &&
    typeof value['specifier'] === 'string' &&
    typeof value['start'] === 'number' &&
    typeof value['end'] === 'number'
  )
}
