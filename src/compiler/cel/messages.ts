/** Says in plain words what the CEL library found wrong with an expression. */
import type { ParseError, TypeError } from '@marcbachmann/cel-js'
import { suggest } from '../../util/suggest.ts'

/** What a parse or type error means to the writer of the expression. `functions`: the names that can be called. */
export function describeCelError(
  error: ParseError | TypeError,
  expression: string,
  functions: Iterable<string>,
): string {
  const seen = error.range === undefined ? '' : expression.slice(error.range.start, error.range.end)
  switch (error.code) {
    case 'unexpected_token':
    case 'unexpected_character':
    case 'expected_token':
      return unexpected(error.summary, seen)
    case 'reserved_identifier':
      return `"${seen}" is a reserved word of CEL and cannot be a name.`
    case 'limit_exceeded':
      return 'The expression is too large. Split it, or move it into a handler.'
    case 'no_such_overload':
      return wrongOperands(error.summary)
    case 'no_matching_overload':
      return wrongCall(error.summary, functions)
    case 'invalid_logical_operand':
      return `&& and || need true or false on both sides, not ${lastType(error.summary)}.`
    case 'invalid_condition_type':
      return `The condition must be true or false, not ${lastType(error.summary)}.`
    case 'incompatible_ternary_branches':
      return `Both results of "? :" must have the same type${twoTypes(error.summary)}.`
    case 'cannot_index_type':
      return `${capitalize(lastType(error.summary))} has no properties${sizeHint(expression, error)}.`
    case 'invalid_index_type':
      return `A list is indexed by an integer, an object by text; this is ${lastType(error.summary)}.`
    case 'invalid_comprehension_range':
      return 'Only a list or a map of values can be gone through; wrap an object in dyn(...).'
    case 'invalid_macro_argument':
      return 'has() takes one property, as in has(args.name); all(), exists() and the like a name first.'
    default:
      return endSentence(error.summary)
  }
}

/** A CEL type as a person says it, with its article. */
export function describeType(type: string): string {
  const known = typeWords.get(type)
  if (known !== undefined) return known
  if (type.startsWith('list')) return 'a list'
  if (type.startsWith('map') || type.startsWith('object.')) return 'an object'
  const inner = /^dyn<(.+)>$/.exec(type)?.[1]
  return inner === undefined ? type : describeType(inner)
}

const typeWords = new Map([
  ['int', 'an integer'],
  ['uint', 'an unsigned integer'],
  ['double', 'a number'],
  ['string', 'text'],
  ['bool', 'true or false'],
  ['null', 'null'],
  ['dyn', 'any value'],
  ['bytes', 'bytes'],
  ['type', 'a type'],
  ['google.protobuf.Timestamp', 'a timestamp'],
  ['google.protobuf.Duration', 'a duration'],
])

const slips = new Map([
  ['and', 'Write && instead of "and".'],
  ['or', 'Write || instead of "or".'],
  ['not', 'Write ! instead of "not".'],
  ['=', 'Write == to compare.'],
  ['&', 'Write && for "and".'],
  ['|', 'Write || for "or".'],
])

function unexpected(summary: string, seen: string): string {
  const wanted = /^Expected (\w+),/.exec(summary)?.[1]
  const token = wanted === undefined ? undefined : tokenWords.get(wanted)
  const expected = token === undefined ? '' : ` Expected ${token}.`
  if (seen === '') return `The expression ends too early.${expected}`
  const slip = slips.get(seen)
  return `Unexpected ${JSON.stringify(seen)}.${slip === undefined ? expected : ` ${slip}`}`
}

const tokenWords = new Map([
  ['RPAREN', '")"'],
  ['RBRACKET', '"]"'],
  ['RBRACE', '"}"'],
  ['COLON', '":"'],
  ['IDENTIFIER', 'a name'],
])

function wrongOperands(summary: string): string {
  const binary = /^no such overload: (.+?) (==|!=|<=|>=|<|>|in|[-+*/%]) (.+)$/.exec(summary)
  if (binary !== null) {
    const [, left = '', operator = '', right = ''] = binary
    return `"${operator}" does not work between ${describeType(left)} and ${describeType(right)}.`
  }
  const unary = /^no such overload: ([-!])(.+)$/.exec(summary)
  if (unary === null) return endSentence(summary)
  return `"${unary[1]}" does not work on ${describeType(unary[2] ?? '')}.`
}

function wrongCall(summary: string, functions: Iterable<string>): string {
  const call = /'(?:(.+)\.)?(\w+)\((.*)\)'$/.exec(summary)
  if (call === null) return endSentence(summary)
  const [, receiver, name = '', args = ''] = call
  const names = new Set(functions)
  if (!names.has(name)) {
    const near = otherLanguages.get(name.toLowerCase()) ?? suggest(name, names)
    return `Unknown function "${name}".${near === undefined ? '' : ` Did you mean "${near}"?`}`
  }
  const given =
    args === ''
      ? 'no argument'
      : args
          .split(/, (?![^<]*>)/)
          .map(describeType)
          .join(' and ')
  const on = receiver === undefined ? '' : ` on ${describeType(receiver)}`
  return `${name}() cannot be called${on} with ${given}.`
}

/** What people used to other languages write, in lower case. */
const otherLanguages = new Map([
  ['includes', 'contains'],
  ['len', 'size'],
  ['length', 'size'],
  ['count', 'size'],
  ['tolowercase', 'lowerAscii'],
  ['lower', 'lowerAscii'],
  ['touppercase', 'upperAscii'],
  ['upper', 'upperAscii'],
  ['some', 'exists'],
  ['any', 'exists'],
  ['every', 'all'],
  ['match', 'matches'],
  ['test', 'matches'],
])

function sizeHint(expression: string, error: ParseError | TypeError): string {
  const property = error.range === undefined ? '' : expression.slice(error.range.start, error.range.end)
  return property === 'length' ? '; use size(...)' : ''
}

function lastType(summary: string): string {
  const types = quotedTypes(summary)
  return types.at(-1) ?? 'this'
}

function twoTypes(summary: string): string {
  const [left, right] = quotedTypes(summary)
  return left === undefined || right === undefined ? '' : `, not ${left} and ${right}`
}

function quotedTypes(summary: string): string[] {
  return [...summary.matchAll(/'([^']+)'/g)].map(([, type = '']) => describeType(type))
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function endSentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${capitalize(text)}.`
}
