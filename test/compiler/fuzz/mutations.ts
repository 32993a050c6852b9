/** Ways to break the text of a spec: its lines, its tokens, its characters. */
import type { Random } from './random.ts'
import { keys, pieces, values } from './vocabulary.ts'

type Mutation = (text: string, random: Random) => string

/**
 * The text after some mutations, mostly few, and often only such as leave it YAML: what is broken all over is refused
 * at once, and the later steps of the compiler never see it.
 */
export function mutate(text: string, random: Random): string {
  const times = random.oneIn(25) ? 30 : 1 + random.below(4)
  const kinds = random.oneIn(2) ? meaningMutations : [...meaningMutations, ...textMutations]
  let mutated = text
  for (let time = 0; time < times; time++) mutated = random.pick(kinds)(mutated, random)
  return mutated
}

const atLine =
  (change: (line: string, random: Random, all: readonly string[]) => readonly string[]): Mutation =>
  (text, random) => {
    const lines = text.split('\n')
    const index = random.below(lines.length)
    return lines.toSpliced(index, 1, ...change(lines[index] ?? '', random, lines)).join('\n')
  }

const atToken =
  (change: (token: string, random: Random, all: readonly string[]) => string): Mutation =>
  (text, random) => {
    const tokens = text.match(/[\w.]+|[^\S\n]+|[^\w.]/g) ?? ['']
    const index = random.below(tokens.length)
    return tokens.with(index, change(tokens[index] ?? '', random, tokens)).join('')
  }

const insertAt = (text: string, at: number, inserted: string): string =>
  text.slice(0, at) + inserted + text.slice(at)

const indentOf = (line: string): string => /^ */.exec(line)?.[0] ?? ''

/** Puts something in the place of a value: behind `: `, `- `, `[` or `{ a: `. */
function replaceValue(line: string, value: string, random: Random): string {
  const starts = [...line.matchAll(/: |- |\[|, /g)].map((match) => match.index + match[0].length)
  if (starts.length === 0) return line
  const start = starts[random.below(starts.length)] ?? 0
  const end = random.oneIn(2) ? line.length : start + line.slice(start).search(/[,}\]]|$/)
  return line.slice(0, start) + value + line.slice(end)
}

const valueIn = (line: string): string => /(?:: |- )(.+)/.exec(line)?.[1] ?? 'x'

function replaceWord(
  text: string,
  random: Random,
  change: (word: string, words: readonly string[]) => string,
): string {
  const found = [...text.matchAll(/\w{2,}/g)]
  const match = found[random.below(found.length)]
  if (match === undefined) return text
  const word = change(
    match[0],
    found.map(([each]) => each),
  )
  return text.slice(0, match.index) + word + text.slice(match.index + match[0].length)
}

const renameKey = (line: string, key: string, random: Random): string => {
  const found = [...line.matchAll(/[\w-]+(?=:)/g)]
  const match = found[random.below(found.length)]
  return match === undefined
    ? line
    : line.slice(0, match.index) + key + line.slice(match.index + match[0].length)
}

/** Deep nesting, around the limit and far above it. */
function nest(line: string, random: Random): readonly string[] {
  const depth = random.oneIn(10) ? 20_000 : 55 + random.below(20)
  const [open, close] = random.pick([
    ['[', ']'],
    ['{ a: ', ' }'],
    ['- ', ''],
    ['not(', ')'],
    ['[a: ', ']'],
  ])
  if (open === undefined || close === undefined) return [line]
  const nested = open.repeat(depth) + random.pick(values) + close.repeat(random.oneIn(3) ? depth - 1 : depth)
  return random.oneIn(2)
    ? [replaceValue(line, nested, random)]
    : [
        line,
        ...Array.from(
          { length: Math.min(depth, 80) },
          (_, level) => `${indentOf(line)}${' '.repeat(level)}a:`,
        ),
      ]
}

function long(line: string, random: Random): string {
  const text = random.pick(['x', '(', '{{', '${A:-', 'a.', ' ', '"', '\\', 'ä', '1', '[', '!', 'a || '])
  const length = random.oneIn(20) ? 100_000 : 2_000
  const word = text.repeat(Math.ceil(length / text.length))
  return random.oneIn(2)
    ? renameKey(line, word, random)
    : replaceValue(line, random.oneIn(2) ? word : `"${word}"`, random)
}

/** Expressions and templates that nest, which are parsed by other parsers. */
function nestedCode(line: string, random: Random): string {
  const depth = random.oneIn(20) ? 5_000 : 20 + random.below(300)
  const [open, inner, close] = random.pick([
    ['(', '1 > 0', ')'],
    ['[', 'args', ']'],
    ['!', 'true', ''],
    ['-', '1', ''],
    ['{% if a %}', 'x', '{% endif %}'],
    ['{% for a in b %}', '{{ a }}', '{% endfor %}'],
    ['{{ a[', 'b', '] }}'],
    ['true ? ', 'true', ' : false'],
    ['[1].exists(x, ', 'x > 0', ')'],
    ['${A:-', 'x', '}'],
  ])
  const code = (open ?? '').repeat(depth) + (inner ?? '') + (close ?? '').repeat(depth)
  return replaceValue(line, `"${code}"`, random)
}

/** These mostly leave the text YAML, and change what it says. */
const meaningMutations: readonly Mutation[] = [
  atLine(() => []),
  ...[1, 2, 3].map(() => atLine((line, random) => [replaceValue(line, random.pick(values), random)])),
  ...[1, 2].map(() => atLine((line, random) => [renameKey(line, random.pick(keys), random)])),
  atLine((line, random) => [line, `${indentOf(line)}${random.pick(keys)}: ${random.pick(values)}`]),
  atLine((line, random) => [line, `${indentOf(line)}- ${random.pick(values)}`]),
  atLine((line, random, all) => [replaceValue(line, valueIn(random.pick(all)), random)]),
  atLine((line, random) => [
    line.replace(/: ?/, `: ${random.pick(['&a ', '&b ', '*a ', '!x ', '!!map ', '!!str '])}`),
  ]),
  atLine((line, random) => [
    line,
    `${indentOf(line)}<<: ${random.pick(['*a', '[*a, *b]', '{ a: 1 }', 'x', '*nope'])}`,
  ]),
  atLine((line, random) => [long(line, random)]),
  atLine((line, random) => [nestedCode(line, random)]),
  atLine((line, random) => [`${line} # agentspec: ignore AS40${random.pick(['07', '11', '01'])}`]),
  (text, random) => replaceWord(text, random, (word) => word.slice(1)),
  (text, random) => replaceWord(text, random, (word) => word + word),
  (text, random) => replaceWord(text, random, (_word, words) => random.pick(words)),
]

/** These change the text, whatever becomes of it. */
const textMutations: readonly Mutation[] = [
  atLine((line) => [line, line]),
  atLine((line, random, all) => [random.pick(all), line]),
  atLine((line, random, all) => [random.pick(all)]),
  atLine((line) => [` ${line}`]),
  atLine((line) => [line.replace(/^ {1,2}/, '')]),
  atLine((line, random) => [' '.repeat(random.below(9)) + line.trimStart()]),
  atLine((line) => [`\t${line}`]),
  atLine((line) => [line.replace(/^ +/, (spaces) => '\t'.repeat(spaces.length))]),
  atLine((line) => [`${line}\r`]),
  atLine((line) => [`# ${line}`]),
  atLine((line, random) => [line, `${indentOf(line)}  ${random.pick(keys)}: ${random.pick(values)}`]),
  atLine(nest),
  atToken(() => ''),
  atToken((token) => token + token),
  atToken((_token, random, all) => random.pick(all)),
  atToken((_token, random) => random.pick(pieces)),
  atToken((token, random) => token + random.pick(pieces)),
  atToken((token, random) => random.pick(keys) + token),
  atToken((token) => token.toUpperCase()),
  (text, random) => insertAt(text, random.below(text.length + 1), random.pick(pieces)),
  (text, random) => insertAt(text, random.below(text.length + 1), String.fromCharCode(random.below(65_536))),
  (text, random) => {
    const at = random.below(text.length + 1)
    return text.slice(0, at) + text.slice(at + 1 + random.below(random.oneIn(4) ? 200 : 3))
  },
  (text, random) => {
    const at = random.below(text.length + 1)
    return insertAt(text, random.below(text.length + 1), text.slice(at, at + random.below(300)))
  },
  (text, random) => (random.oneIn(4) ? text.slice(0, random.below(text.length + 1)) : text),
  (text, random) => `\uFEFF${random.oneIn(5) ? '\uFEFF' : ''}${text}`,
  (text, random) => text.replaceAll('\n', random.pick(['\r\n', '\r', '\n\n', '\n\r'])),
  (text, random) =>
    `${text}\n${random.pick(['---', '...', '--- x', '%YAML 1.1'])}\n${random.oneIn(2) ? text : ''}`,
]
