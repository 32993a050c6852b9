/**
 * V4A diffs, the form in which models edit files: sections that name their place by the lines around it, not by number.
 * `@@ text` begins a section below the line `text`; ` ` keeps a line, `-` removes it, `+` adds one; `*** End of File`
 * says that the section ends where the file does.
 */

/** A diff that does not say what to do. The message is for the model. */
export class PatchProblem extends Error {
  override readonly name = 'PatchProblem'
}

/** A line of a section: kept or removed ones must be in the file. */
export interface DiffLine {
  readonly kind: 'keep' | 'remove' | 'add'
  readonly text: string
}

export interface DiffSection {
  /** Lines of the file that come before the section, from the outside in: `class A`, then `def b`. */
  readonly anchors: readonly string[]
  readonly lines: readonly DiffLine[]
  readonly atEnd: boolean
}

const END_OF_FILE = '*** End of File'
const KINDS: Readonly<Record<string, DiffLine['kind']>> = { ' ': 'keep', '-': 'remove', '+': 'add' }

/**
 * The text a diff of a new file makes: its lines without their `+`.
 *
 * @throws PatchProblem for a line that does not begin with `+`
 */
export function parseNewFile(diff: string): string {
  return linesOf(diff)
    .map((line, index) => {
      if (line.startsWith('+')) return line.slice(1)
      throw new PatchProblem(
        `line ${index + 1} of the diff of a new file does not begin with "+": ${quote(line)}`,
      )
    })
    .join('\n')
}

/** @throws PatchProblem for a line that is none of a diff, and for a diff that changes nothing */
export function parseSections(diff: string): readonly DiffSection[] {
  const sections: DiffSection[] = []
  let open: { anchors: string[]; lines: DiffLine[] } = { anchors: [], lines: [] }
  const close = (atEnd: boolean): void => {
    if (open.lines.length > 0) sections.push({ ...open, atEnd })
    open = { anchors: [], lines: [] }
  }
  for (const [index, line] of linesOf(diff).entries()) {
    if (line === '@@' || line.startsWith('@@ ')) {
      if (open.lines.length > 0) close(false)
      const anchor = line.slice(3)
      if (anchor.trim() !== '') open.anchors.push(anchor)
    } else if (line === END_OF_FILE) {
      close(true)
    } else {
      open.lines.push(diffLine(line, index))
    }
  }
  close(false)
  if (sections.every(({ lines }) => lines.every(({ kind }) => kind === 'keep'))) {
    throw new PatchProblem('the diff adds and removes nothing')
  }
  return sections
}

/** An empty line stands for an empty line that is kept: models leave out its space. */
function diffLine(line: string, index: number): DiffLine {
  if (line === '') return { kind: 'keep', text: '' }
  const kind = KINDS[line.charAt(0)]
  if (kind !== undefined) return { kind, text: line.slice(1) }
  throw new PatchProblem(
    `line ${index + 1} of the diff begins with none of " ", "+", "-" and "@@": ${quote(line)}`,
  )
}

/** A last line break ends the last line, it does not begin another. */
function linesOf(diff: string): readonly string[] {
  const lines = diff.split(/\r\n|\n/u)
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

/** A line as messages show it: not too long. */
export function quote(line: string): string {
  return JSON.stringify(line.length > 80 ? `${line.slice(0, 77)}...` : line)
}
