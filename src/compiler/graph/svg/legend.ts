/** What the signs in the picture mean: only those that it has. */
import type { Card } from './cards.ts'
import { element, text } from './elements.ts'
import { hasShape, icon } from './icons.ts'
import { TEXT } from './measure.ts'
import { textWidth } from './text-width.ts'

interface Sign {
  readonly words: string
  readonly width: number
  readonly draw: (x: number, y: number) => string
}

const LINE = 30

/** A row of signs with their meaning; `y` is the line the words stand on. Nothing when there is nothing to explain. */
export function drawLegend(cards: readonly Card[], left: number, y: number): readonly string[] {
  const parts: string[] = []
  let x = left
  for (const { words, width, draw } of signsOf(cards)) {
    parts.push(draw(x, y - 4))
    x += width + 8
    parts.push(element('text', { class: 'muted', x, y, 'font-size': TEXT.small }, [text(words)]))
    x += Math.ceil(textWidth(words, TEXT.small)) + 26
  }
  return parts
}

function signsOf(cards: readonly Card[]): readonly Sign[] {
  const rows = cards.flatMap((card) => card.rows)
  const shown = (isThere: boolean, sign: Sign): readonly Sign[] => (isThere ? [sign] : [])
  return [
    ...shown(hasShape(cards, 'ask'), {
      words: 'asks a person',
      width: 16,
      draw: (x, y) => icon('ask', x, y - 8),
    }),
    ...shown(hasShape(cards, 'deny'), {
      words: 'refused',
      width: 16,
      draw: (x, y) => icon('deny', x, y - 8),
    }),
    ...shown(
      rows.some(({ kind }) => kind === 'handoff'),
      { words: 'hands over', width: LINE, draw: line('handoff') },
    ),
    ...shown(
      rows.some(({ kind, target }) => kind === 'tool' && target !== undefined),
      {
        words: 'runs as a tool',
        width: LINE,
        draw: line('tool'),
      },
    ),
  ]
}

function line(kind: 'handoff' | 'tool'): Sign['draw'] {
  return (x, y) =>
    element('path', {
      class: `edge ${kind}`,
      d: `M${x} ${y}H${x + LINE - 8}`,
      'marker-end': `url(#tip-${kind})`,
    })
}
