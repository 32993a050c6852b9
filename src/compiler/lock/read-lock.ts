/** Reads the lock file beside a spec. What is wrong with it is reported at its place; it is never taken in part. */
import { createReporter } from '../../spec/reporter.ts'
import type { Location } from '../../spec/diagnostic.ts'
import { fromPointer, toPointer } from '../../spec/path.ts'
import type { Path } from '../../spec/path.ts'
import { createSource } from '../../spec/source.ts'
import type { Source } from '../../spec/source.ts'
import { isDeeperThan } from '../../util/json-depth.ts'
import { isJsonObject, parseJson } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { messageOf } from '../../util/message-of.ts'
import { wellFormedJson } from '../../util/well-formed.ts'
import { validateLock } from '../generated/validate-lock.generated.js'
import type { SchemaError } from '../generated/validate-lock.generated.js'
import type { ReadProblem } from '../loader.ts'
import { parseYaml } from '../parse/parse-yaml.ts'
import type { Reading } from '../reading.ts'
import { lockedTool, lockFileOf } from './spec-lock.ts'
import type { SpecLock } from './spec-lock.ts'

/** The version of the format that is read and written here. */
const VERSION = 1

/** Levels: those of a schema, which has 64 at most, and those around it. */
const DEEPEST = 80

export interface ReadLock {
  /** `null`: there is none, or it cannot be used. */
  readonly lock: SpecLock | null
  /** The file, when there is one. */
  readonly source: Source | null
}

/** Something that is wrong with the file: what, and where in its value. */
interface Flaw {
  readonly detail: string
  readonly path: Path
}

/** A file that is there and cannot be used is `AS3024`: whoever locked a spec wants no run without the lock. */
export async function readLock(
  reading: Pick<Reading, 'loader' | 'rootFile' | 'displayName' | 'report'>,
): Promise<ReadLock> {
  const path = lockFileOf(reading.rootFile)
  const file = reading.displayName(path)
  const result = await reading.loader.readText(path)
  const source = createSource(file, path, result.ok ? result.text : '')
  if (!result.ok) {
    if (result.problem === 'not_found') return { lock: null, source: null }
    reading.report('AS3024', { file, detail: UNREADABLE[result.problem] }, source.locate(0, 0))
    return { lock: null, source }
  }
  const parsed = parse(source)
  if (parsed.ok) return { lock: parsed.lock, source }
  const { detail, location, pointer } = parsed
  reading.report('AS3024', { file, detail }, location, { pointer })
  return { lock: null, source }
}

const UNREADABLE: Readonly<Record<Exclude<ReadProblem, 'not_found'>, string>> = {
  outside: "it is a link that leads out of the spec's folder",
  not_a_file: 'it is not a file',
  too_large: 'it is larger than 4 MiB',
  not_utf8: 'it is not UTF-8',
  unreadable: 'it cannot be read',
}

type Parsed =
  | { readonly ok: true; readonly lock: SpecLock }
  | { readonly ok: false; readonly detail: string; readonly location: Location; readonly pointer: string }

function parse(source: Source): Parsed {
  let value: Json
  try {
    value = parseJson(source.text)
  } catch (error) {
    const detail = messageOf(error)
    return { ok: false, detail, location: syntaxErrorIn(source, detail), pointer: '' }
  }
  const unusable = unusableJson(value)
  if (unusable !== null) return flawed(source, { detail: unusable, path: [] })
  if (!isLock(value)) return flawed(source, shapeFlaw(value))
  const wrong = wrongHash(value)
  return wrong === null ? { ok: true, lock: value } : flawed(source, wrong)
}

/** What no lock of ours has, and what nothing can be hashed with. */
function unusableJson(value: Json): string | null {
  if (isDeeperThan(value, DEEPEST)) return `it has more than ${DEEPEST} levels`
  return wellFormedJson(value) === value ? null : 'a text in it is not valid Unicode'
}

function flawed(source: Source, { detail, path }: Flaw): Parsed {
  // JSON is YAML, whose parser knows places; most files have no flaw and need none.
  const document = parseYaml(source, createReporter().report).document
  const location = document?.rangeAt(path, 'value') ?? source.locate(0, 0)
  return { ok: false, detail, location, pointer: toPointer(path) }
}

/** What the parser says names its place in some of its messages only; a merge that was not finished is the usual cause. */
function syntaxErrorIn(source: Source, message: string): Location {
  const position = /at position (\d+)/.exec(message)?.[1]
  const offset = position === undefined ? source.text.search(/^(?:<{7}|={7}|>{7})/m) : Number(position)
  if (offset >= 0) return source.locate(offset, offset + 1)
  const reporter = createReporter()
  parseYaml(source, reporter.report)
  const [first] = reporter.diagnostics
  return first === undefined ? source.locate(0, 0) : source.locate(first.start.offset, first.end.offset)
}

function isLock(value: unknown): value is SpecLock {
  return validateLock(value)
}

function shapeFlaw(value: Json): Flaw {
  if (!isJsonObject(value)) return { detail: 'it is not a JSON object', path: [] }
  const { schema_version: version } = value
  if (typeof version === 'number' && version !== VERSION) {
    const detail = `it has version ${version} of the format, and this agentspec knows ${VERSION}`
    return { detail, path: ['schema_version'] }
  }
  validateLock(value)
  const [error] = validateLock.errors ?? []
  if (error === undefined) return { detail: 'it has the wrong shape', path: [] }
  return { detail: describeError(error), path: fromPointer(error.instancePath) }
}

function describeError({ keyword, instancePath, params }: SchemaError): string {
  const where = instancePath === '' ? 'it' : instancePath
  switch (keyword) {
    case 'required':
      return `${where} lacks the key "${String(params['missingProperty'])}"`
    case 'additionalProperties':
      return `${where} has the unknown key "${String(params['additionalProperty'])}"`
    default:
      return `${where} has a value of the wrong form`
  }
}

/** A text was changed by hand, or two versions of the file were merged. */
function wrongHash({ servers }: SpecLock): Flaw | null {
  for (const [server, { tools }] of Object.entries(servers)) {
    for (const [name, tool] of Object.entries(tools)) {
      if (lockedTool(name, tool).hash === tool.hash) continue
      const detail = `the hash of the tool "${name}" of ${server} does not fit what is written beside it`
      return { detail, path: ['servers', server, 'tools', name, 'hash'] }
    }
  }
  return null
}
