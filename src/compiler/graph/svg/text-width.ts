/** How wide a text is drawn, without a font at hand: an estimate that is on the wide side for the fonts of all systems. */

/** In the unit of `size`. Bold text is a little wider. Of a text that is wider than any picture, the beginning is measured. */
export function textWidth(text: string, size: number, weight: 'normal' | 'bold' = 'normal'): number {
  let ems = 0
  for (const character of text.slice(0, MEASURED))
    ems += CLASSES.find(([pattern]) => pattern.test(character))?.[1] ?? ORDINARY
  return ems * size * (weight === 'bold' ? 1.08 : 1)
}

const MEASURED = 2000

const ORDINARY = 0.58

/** Widths in ems of characters that are not ordinary. */
const CLASSES: readonly (readonly [RegExp, number])[] = [
  [/[ijlI.,:;'|!`]/u, 0.31],
  [/[ ftr()[\]{}/\\"*-]/u, 0.4],
  [/[mwMW@%—…]/u, 0.93],
  [/[A-Z&<>=+#~]/u, 0.7],
  [/\p{M}|\p{Cf}/u, 0],
  [
    /\p{Emoji_Presentation}|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60]/u,
    1.1,
  ],
  [/\P{ASCII}/u, 0.66],
]
