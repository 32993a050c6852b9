/** Text of a spec made fit for a picture: on one line or a few, of limited length, without characters that act on the text around them. */

/** White space becomes single spaces; control characters and those that reorder text become U+FFFD. */
export function plainText(text: string): string {
  return text.trim().replaceAll(/\s+/gu, ' ').replaceAll(UNFIT, '\uFFFD')
}

/** The same, cut to a number of characters with an ellipsis. */
export function shortText(text: string, most: number): string {
  const characters = [...plainText(text)]
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most - 1).join('')}…`
}

/** The longest beginning that fits, with an ellipsis when something is left out. The time taken grows with what fits. */
export function fitText(text: string, fits: (text: string) => boolean): string {
  if (text.length < 1000 && fits(text)) return text
  const kept: string[] = []
  for (const character of text) {
    if (!fits(`${kept.join('')}${character}…`)) break
    kept.push(character)
  }
  return `${kept.join('').trimEnd()}…`
}

/** At most so many lines that fit, broken between words where possible; the last one ends with an ellipsis when it is not all. */
export function wrapText(text: string, most: number, fits: (text: string) => boolean): readonly string[] {
  const lines: string[] = []
  let rest = text
  while (rest !== '' && lines.length < most - 1 && !(rest.length < 1000 && fits(rest))) {
    const cut = fitText(rest, fits).replace(/…$/u, '')
    const space = cut.lastIndexOf(' ')
    const line = space > cut.length / 3 && !rest.slice(cut.length).startsWith(' ') ? cut.slice(0, space) : cut
    if (line === '') break
    lines.push(line)
    rest = rest.slice(line.length).trimStart()
  }
  return rest === '' ? lines : [...lines, fitText(rest, fits)]
}

/** All but the joiners, which words and emoji are made with. */
const UNFIT = /[\p{Cc}\p{Cs}\uFFFE\uFFFF]|(?![\u200C\u200D])\p{Cf}/gu
