/** The one byte form of a JSON value (RFC 8785): what is hashed, signed and compared. */

/**
 * Serializes a JSON value canonically: keys sorted by UTF-16 code units, no white space, numbers as ECMAScript
 * prints them. Properties that are `undefined` are dropped, as `JSON.stringify` does.
 *
 * @throws TypeError for what RFC 8785 has no form for: a number that is not finite, a lone surrogate, anything that is
 *   not JSON.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return canonicalString(value)
  if (typeof value === 'number') return canonicalNumber(value)
  if (value === null || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object') throw new TypeError(`a ${typeof value} has no JSON form`)
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([key, member]) => `${canonicalString(key)}:${canonicalJson(member)}`).join(',')}}`
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`${value} has no JSON form`)
  return JSON.stringify(value)
}

function canonicalString(value: string): string {
  if (!value.isWellFormed()) throw new TypeError('a lone surrogate has no canonical JSON form')
  return JSON.stringify(value)
}
