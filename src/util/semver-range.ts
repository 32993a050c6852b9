/** Ranges of versions, as npm writes them: `^1.2.0`, `1.x`, `>=1.0.0 <2.0.0`, `1.0.0 - 1.4.0`, joined by `||`. */

/** A version without its build part; `pre` is empty for a release. */
interface Version {
  readonly numbers: readonly [number, number, number]
  readonly pre: readonly string[]
}

type Operator = '<' | '<=' | '>' | '>=' | '='

interface Comparator {
  readonly operator: Operator
  readonly version: Version
}

/** A version of which some numbers may be left open (`1.x`). */
interface Partial {
  readonly numbers: readonly number[]
  readonly pre: readonly string[]
}

/**
 * True when a version is in a range. A pre-release counts only when the range names a pre-release of the same three
 * numbers, as for npm. False for a text that is no version, or no range.
 */
export function isInRange(version: string, range: string): boolean {
  const parsed = parseVersion(version)
  return parsed !== undefined && range.split('||').some((part) => isInPart(parsed, part.trim()))
}

function isInPart(version: Version, part: string): boolean {
  const comparators = comparatorsOf(part)
  if (comparators === undefined || !comparators.every((comparator) => holds(version, comparator)))
    return false
  if (version.pre.length === 0) return true
  return comparators.some(
    (comparator) => comparator.version.pre.length > 0 && compareNumbers(comparator.version, version) === 0,
  )
}

/** The comparators that must all hold; `undefined` for a text that is no range. */
function comparatorsOf(part: string): readonly Comparator[] | undefined {
  const hyphen = /^(\S+) - (\S+)$/.exec(part)
  if (hyphen !== null) {
    const [from, to] = [parsePartial(hyphen[1] ?? ''), parsePartial(hyphen[2] ?? '')]
    return from && to && [...atLeast(from), ...upTo(to)]
  }
  const words = part.replace(/([<>=^~]) +/g, '$1').match(/\S+/g) ?? []
  const comparators: Comparator[] = []
  for (const word of words) {
    const match = /^([<>]=?|=|\^|~)?(.*)$/.exec(word)
    const partial = parsePartial(match?.[2] ?? '')
    if (partial === undefined) return undefined
    comparators.push(...expand(match?.[1] ?? '', partial))
  }
  return comparators
}

function expand(operator: string, partial: Partial): readonly Comparator[] {
  switch (operator) {
    case '^':
      return [...atLeast(partial), ...below(caretLimit(partial))]
    case '~':
      return [...atLeast(partial), ...below(next(partial, Math.min(1, partial.numbers.length - 1)))]
    case '>=':
      return atLeast(partial)
    case '<=':
      return upTo(partial)
    case '<':
      return partial.numbers.length === 0 ? [nothing] : below(full(partial))
    case '>':
      return greater(partial)
    default:
      if (partial.numbers.length === 3) return [{ operator: '=', version: full(partial) }]
      return [...atLeast(partial), ...upTo(partial)]
  }
}

/** The leftmost number that is not zero stays. */
function caretLimit(partial: Partial): Version | undefined {
  const first = partial.numbers.findIndex((number) => number > 0)
  return next(partial, first === -1 ? partial.numbers.length - 1 : first)
}

function greater(partial: Partial): readonly Comparator[] {
  if (partial.numbers.length === 3) return [{ operator: '>', version: full(partial) }]
  const limit = next(partial, partial.numbers.length - 1)
  return limit === undefined ? [nothing] : [{ operator: '>=', version: { ...limit, pre: [] } }]
}

function atLeast(partial: Partial): readonly Comparator[] {
  return partial.numbers.length === 0 ? [] : [{ operator: '>=', version: full(partial) }]
}

function upTo(partial: Partial): readonly Comparator[] {
  if (partial.numbers.length === 3) return [{ operator: '<=', version: full(partial) }]
  return below(next(partial, partial.numbers.length - 1))
}

function below(limit: Version | undefined): readonly Comparator[] {
  return limit === undefined ? [] : [{ operator: '<', version: limit }]
}

/** No version is smaller. */
const nothing: Comparator = { operator: '<', version: { numbers: [0, 0, 0], pre: ['0'] } }

/** The smallest version with the number at `index` one higher; `undefined` where every number is open. */
function next({ numbers }: Partial, index: number): Version | undefined {
  if (index < 0) return undefined
  const raised = numbers.slice(0, index + 1).map((number, at) => (at === index ? number + 1 : number))
  return full({ numbers: raised, pre: ['0'] }, true)
}

function full({ numbers, pre }: Partial, limit = false): Version {
  const [major = 0, minor = 0, patch = 0] = numbers
  return { numbers: [major, minor, patch], pre: limit || numbers.length === 3 ? pre : [] }
}

function holds(version: Version, { operator, version: limit }: Comparator): boolean {
  const order = compare(version, limit)
  switch (operator) {
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    default:
      return order === 0
  }
}

function compare(a: Version, b: Version): number {
  return compareNumbers(a, b) || comparePre(a.pre, b.pre)
}

function compareNumbers(a: Version, b: Version): number {
  return a.numbers[0] - b.numbers[0] || a.numbers[1] - b.numbers[1] || a.numbers[2] - b.numbers[2]
}

/** Semver 11: a release is greater; numbers before words; the longer one is greater. */
function comparePre(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length
  for (const [index, left] of a.entries()) {
    const right = b[index]
    if (right === undefined) return 1
    if (left === right) continue
    const [leftIsNumber, rightIsNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)]
    if (leftIsNumber && rightIsNumber) return Number(left) - Number(right)
    if (leftIsNumber !== rightIsNumber) return leftIsNumber ? -1 : 1
    return left < right ? -1 : 1
  }
  return a.length - b.length
}

function parseVersion(text: string): Version | undefined {
  const partial = parsePartial(text)
  return partial?.numbers.length === 3 ? full(partial) : undefined
}

function parsePartial(text: string): Partial | undefined {
  const match =
    /^(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(text)
  if (match === null) return undefined
  const numbers: number[] = []
  for (const part of match.slice(1, 4)) {
    if (part === undefined || /^[xX*]$/.test(part)) break
    numbers.push(Number(part))
  }
  return { numbers, pre: numbers.length === 3 ? (match[4]?.split('.') ?? []) : [] }
}
