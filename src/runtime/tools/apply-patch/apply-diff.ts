/** Applies a V4A diff to the text of a file. A section whose place is not certain is refused, never guessed. */
import { parseSections, PatchProblem, quote } from './parse-diff.ts'
import type { DiffLine, DiffSection } from './parse-diff.ts'

/**
 * The text with the diff applied. Line ends stay as the file has them; added lines get the file's own.
 *
 * @throws PatchProblem when a section is not in the file, or at more than one place that its anchors allow
 */
export function applyDiff(text: string, diff: string): string {
  const lineEnd = /\r\n/u.test(text) ? '\r\n' : '\n'
  const lines = text.split(/\r\n|\n/u)
  const patched: string[] = []
  let at = 0
  for (const section of parseSections(diff)) {
    const place = placeOf(lines, section, at)
    patched.push(...lines.slice(at, place), ...changed(lines, section.lines, place))
    at = place + section.lines.filter(({ kind }) => kind !== 'add').length
  }
  patched.push(...lines.slice(at))
  return patched.join(lineEnd)
}

/** A section's lines as they are afterwards: kept ones as the file has them. */
function changed(lines: readonly string[], section: readonly DiffLine[], place: number): readonly string[] {
  const result: string[] = []
  let at = place
  for (const { kind, text } of section) {
    if (kind === 'add') result.push(text)
    else if (kind === 'keep') result.push(lines[at++] ?? text)
    else at += 1
  }
  return result
}

/** How strictly two lines are compared: models change spaces at the ends of lines. */
const COMPARISONS: readonly ((line: string) => string)[] = [
  (line) => line,
  (line) => line.trimEnd(),
  (line) => line.trim(),
]

/** The index of the first line of a section, from `from` on. */
function placeOf(lines: readonly string[], section: DiffSection, from: number): number {
  const old = section.lines.filter(({ kind }) => kind !== 'add').map(({ text }) => text)
  const { start, isCertain } = afterAnchors(lines, section.anchors, from)
  if (old.length === 0) return placeOfAddition(lines, section, start, isCertain)
  for (const comparable of COMPARISONS) {
    const places = placesOf(lines.map(comparable), old.map(comparable), start)
    const [first, second] = section.atEnd ? places.slice(-1) : places
    if (first === undefined) continue
    // Without a place named before it, a section must stand for itself.
    if (second !== undefined && !isCertain) {
      throw new PatchProblem(
        `the lines from ${quote(old[0] ?? '')} on are in the file more than once (lines ${first + 1} and ${second + 1}); name their place with "@@ line before them", or give more lines around the change`,
      )
    }
    return first
  }
  throw new PatchProblem(
    `the file does not have the lines from ${quote(old[0] ?? '')} on${isCertain ? ` after line ${start}` : ''}; read it again and repeat them as they are`,
  )
}

/** Lines that are only added go to the end of the file, or below their anchor. */
function placeOfAddition(
  lines: readonly string[],
  section: DiffSection,
  start: number,
  isCertain: boolean,
): number {
  if (isCertain && !section.atEnd) return start
  const hasLineEnd = lines.at(-1) === ''
  return hasLineEnd ? lines.length - 1 : lines.length
}

/** The line below the last anchor found; `isCertain`: every anchor was found. */
function afterAnchors(
  lines: readonly string[],
  anchors: readonly string[],
  from: number,
): { readonly start: number; readonly isCertain: boolean } {
  let start = from
  for (const anchor of anchors) {
    const found = COMPARISONS.map((comparable) =>
      lines.findIndex((line, index) => index >= start && comparable(line) === comparable(anchor)),
    ).find((index) => index !== -1)
    if (found === undefined) return { start, isCertain: false }
    start = found + 1
  }
  return { start, isCertain: anchors.length > 0 }
}

/**
 * Where a run of lines is: the first two places, and the last. In time linear in both, however much repeats (the
 * algorithm of Knuth, Morris and Pratt).
 */
function placesOf(lines: readonly string[], old: readonly string[], from: number): readonly number[] {
  const borders = bordersOf(old)
  const places: number[] = []
  let matched = 0
  for (let index = from; index < lines.length; index += 1) {
    while (matched > 0 && lines[index] !== old[matched]) matched = borders[matched - 1] ?? 0
    if (lines[index] === old[matched]) matched += 1
    if (matched < old.length) continue
    places[Math.min(places.length, 2)] = index - old.length + 1
    matched = borders[matched - 1] ?? 0
  }
  return places
}

/** For each beginning of a list: how much of it is also its end. */
function bordersOf(list: readonly string[]): readonly number[] {
  const borders: number[] = [0]
  let matched = 0
  for (let index = 1; index < list.length; index += 1) {
    while (matched > 0 && list[index] !== list[matched]) matched = borders[matched - 1] ?? 0
    if (list[index] === list[matched]) matched += 1
    borders.push(matched)
  }
  return borders
}
