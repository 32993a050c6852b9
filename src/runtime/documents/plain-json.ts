/** Looks at a value before anything walks it recursively: untrusted JSON may be deep, or hold what is no text or number. */
import type { DocumentProblem } from './schema-problem.ts'

/** Deeper than any run of ours; shallow enough for every recursive function. */
const MAX_DEPTH = 500

interface Visit {
  readonly value: unknown
  readonly parent: Visit | null
  /** The key in the parent. */
  readonly key: string
  readonly depth: number
}

/** What is wrong with a value as JSON, or `null`. Walks without recursion. */
export function plainProblem(value: unknown): DocumentProblem | null {
  const open: Visit[] = [{ value, parent: null, key: '', depth: 0 }]
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    const problem =
      visit.depth > MAX_DEPTH ? `nested deeper than ${MAX_DEPTH} levels` : valueProblem(visit.value)
    if (problem !== null) return { pointer: pointerOf(visit), problem }
    const { value: parent } = visit
    if (typeof parent !== 'object' || parent === null) continue
    for (const [key, member] of Object.entries(parent)) {
      if (!key.isWellFormed()) return { pointer: pointerOf(visit), problem: 'a key is not valid Unicode' }
      open.push({ value: member, parent: visit, key, depth: visit.depth + 1 })
    }
  }
  return null
}

function valueProblem(value: unknown): string | null {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed() ? null : 'not valid Unicode text'
    case 'number':
      return Number.isFinite(value) ? null : 'a number that is too large'
    case 'boolean':
    case 'object':
      return null
    default:
      return `${typeof value} is not JSON`
  }
}

/** At most a few steps: a pointer of hundreds helps nobody. */
function pointerOf(visit: Visit): string {
  const steps: string[] = []
  for (let at: Visit | null = visit; at !== null && at.parent !== null; at = at.parent) steps.unshift(at.key)
  const shown = steps.slice(0, 8).map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  return `${shown.join('')}${steps.length > 8 ? '/…' : ''}`
}
