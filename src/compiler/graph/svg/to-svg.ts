/** A graph as a picture that stands alone: cards for agents, lines for handoffs and for agents used as tools. */
import type { Graph } from '../graph.ts'
import { fitText, plainText } from '../plain-text.ts'
import { cardsOf } from './cards.ts'
import type { Card } from './cards.ts'
import { drawCard } from './draw-card.ts'
import { element, text } from './elements.ts'
import { layOut, MARGIN } from './layout.ts'
import { drawLegend } from './legend.ts'
import { TEXT } from './measure.ts'
import { routesOf } from './routes.ts'
import type { Route } from './routes.ts'
import { styleSheet } from './style.ts'
import { textWidth } from './text-width.ts'

const LEAST_WIDTH = 460

/** An SVG document with a line feed at its end, the same for the same graph. It needs no font, script or other file. */
export function toSvg(graph: Graph): string {
  const cards = cardsOf(graph)
  const description = plainText(graph.description)
  const layout = layOut(cards, MARGIN + (description === '' ? 42 : 64))
  const routes = routesOf(layout)
  const legend = drawLegend(cards, MARGIN, layout.bottom + 38)
  const width = Math.max(LEAST_WIDTH, layout.width)
  const height = layout.bottom + (legend.length === 0 ? 0 : 24) + MARGIN
  const parts = [
    element('title', {}, [text(graph.title)]),
    element('desc', {}, [text(summary(cards))]),
    element('style', {}, [styleSheet()]),
    element('defs', {}, [arrow('handoff'), arrow('tool')]),
    element('rect', { class: 'page', width, height, rx: 8 }),
    ...heading(graph.title, description, width),
    ...(layout.unreachableAt === undefined ? [] : divider(layout.unreachableAt, width)),
    ...routes.map(drawRoute),
    ...layout.cards.map(drawCard),
    ...routes.map(drawDot),
    ...legend,
  ]
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'font-size': TEXT.row,
  }
  return `${element('svg', attributes, [`\n${parts.join('\n')}\n`])}\n`
}

/** For those who cannot see the picture. */
function summary(cards: readonly Card[]): string {
  return cards
    .map(({ name, entry, rows }) => {
      const used = rows.map((row) => [row.name, ...row.notes.map((note) => note.text)].join(' '))
      return `${entry ? 'Entry agent' : 'Agent'} ${name}${used.length === 0 ? '' : `: ${used.join('; ')}`}.`
    })
    .join(' ')
}

function heading(title: string, description: string, width: number): readonly string[] {
  const shown = fitText(description, (part) => textWidth(part, TEXT.row) <= width - MARGIN * 2)
  const head = element('text', { class: 'title', x: MARGIN, y: MARGIN + 16, 'font-size': TEXT.title }, [
    text(title),
  ])
  if (description === '') return [head]
  const full = shown === description ? [] : [element('title', {}, [text(description)])]
  return [head, element('text', { class: 'muted', x: MARGIN, y: MARGIN + 38 }, [...full, text(shown)])]
}

function divider(y: number, width: number): readonly string[] {
  return [
    element('line', {
      class: 'rule',
      x1: MARGIN,
      y1: y,
      x2: width - MARGIN,
      y2: y,
      'stroke-dasharray': '2 4',
    }),
    element('text', { class: 'muted', x: MARGIN, y: y + 18, 'font-size': TEXT.small }, [
      'Not reached from the entry agent',
    ]),
  ]
}

function drawRoute({ kind, back, path }: Route): string {
  const line = lineOf(kind)
  return element('path', {
    class: `edge ${line}${back ? ' back' : ''}`,
    d: path,
    'marker-end': `url(#tip-${line})`,
  })
}

/** Where a line begins: drawn over the frame of its card. */
function drawDot({ kind, x, y }: Route): string {
  return element('circle', { class: `dot-${lineOf(kind)}`, cx: x, cy: y, r: 3 })
}

function lineOf(kind: Route['kind']): 'handoff' | 'tool' {
  return kind === 'handoff' ? 'handoff' : 'tool'
}

function arrow(line: 'handoff' | 'tool'): string {
  const size = {
    markerWidth: 8,
    markerHeight: 8,
    refX: 0.5,
    refY: 4,
    markerUnits: 'userSpaceOnUse',
    orient: 'auto',
  }
  return element('marker', { id: `tip-${line}`, ...size }, [
    element('path', { class: `tip-${line}`, d: 'M0 0.6 7.4 4 0 7.4z' }),
  ])
}
