/** Makes one input of the lines that were typed or pasted for it. */

export interface InputLines {
  /** A key was pressed; the terminal names the begin and the end of what is pasted. */
  readonly key: (name: string | undefined) => void
  /** A line has ended. */
  readonly line: (text: string) => void
  readonly isPasting: () => boolean
  /** More has to come: the last line was typed and ends with `\`. */
  readonly isOpen: () => boolean
  readonly isBegun: () => boolean
  readonly clear: () => void
  /** The input, and the lines of it to remember. */
  readonly result: () => { readonly input: string; readonly typed: readonly string[] }
}

interface Line {
  readonly text: string
  /** It goes on in the next one. */
  readonly goesOn: boolean
}

/** A `\` at the end of what is pasted between the marks of the terminal is part of it. */
export function createInputLines(): InputLines {
  const lines: Line[] = []
  let pasting = false
  let wasPasted = false
  return {
    key(name) {
      if (name === 'paste-start') pasting = wasPasted = true
      if (name === 'paste-end') pasting = false
    },
    line: (text) => void lines.push({ text, goesOn: !pasting && text.endsWith('\\') }),
    isPasting: () => pasting,
    isOpen: () => lines.at(-1)?.goesOn ?? false,
    isBegun: () => lines.length > 0,
    clear() {
      lines.length = 0
      wasPasted = false
    },
    result() {
      const input = lines.map(({ text, goesOn }) => (goesOn ? text.slice(0, -1) : text)).join('\n')
      const isOneLine = lines.length === 1
      const kept = isOneLine || !wasPasted ? lines.map(({ text }) => text) : []
      return { input, typed: kept.filter((text) => text.trim() !== '') }
    },
  }
}
