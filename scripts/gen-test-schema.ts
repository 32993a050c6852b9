/** Joins the schema of test files with what it takes from that of specs, so that one generated validator knows both. */
import type { Schema } from './gen-schema.ts'

/** How the schema of test files refers to that of specs. */
const SPEC_FILE = 'agentspec.v1.schema.json'

/** The schema of test files, with the parts of the other that it reaches in its own `$defs`. */
export function joinTestSchema(spec: Schema, test: Schema): Schema {
  const { $defs: testParts = {}, ...testRoot } = localized(test)
  const specParts = spec.$defs ?? {}
  const parts: Record<string, Schema> = { ...testParts }
  const missing = referredTo([testRoot, testParts]).filter((name) => !Object.hasOwn(testParts, name))
  for (let name = missing.pop(); name !== undefined; name = missing.pop()) {
    const part = specParts[name]
    if (part === undefined) throw new Error(`neither schema defines "${name}"`)
    if (Object.hasOwn(parts, name)) continue
    parts[name] = part
    missing.push(...referredTo(part))
  }
  return { ...testRoot, $defs: parts }
}

function localized<T>(value: T): T
function localized(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(localized)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === '$ref' ? String(member).replace(SPEC_FILE, '') : localized(member),
    ]),
  )
}

function referredTo(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) =>
    key === '$ref' ? [String(member).replace('#/$defs/', '')] : referredTo(member),
  )
}
