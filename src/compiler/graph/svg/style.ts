/** The look of the picture: plain CSS, light, and dark where the reader's system is. */

interface Palette {
  readonly page: string
  readonly card: string
  readonly header: string
  readonly line: string
  readonly text: string
  readonly muted: string
  readonly accent: string
  readonly accentTint: string
  readonly onAccent: string
  readonly edge: string
  readonly agent: string
  readonly ask: string
  readonly deny: string
  readonly allow: string
}

const LIGHT: Palette = {
  page: '#ffffff',
  card: '#ffffff',
  header: '#f6f8fa',
  line: '#d1d9e0',
  text: '#1f2328',
  muted: '#59636e',
  accent: '#0969da',
  accentTint: '#ddf4ff',
  onAccent: '#ffffff',
  edge: '#6e7781',
  agent: '#8250df',
  ask: '#9a6700',
  deny: '#cf222e',
  allow: '#1a7f37',
}

const DARK: Palette = {
  page: '#0d1117',
  card: '#151b23',
  header: '#212830',
  line: '#3d444d',
  text: '#f0f6fc',
  muted: '#9198a1',
  accent: '#4493f8',
  accentTint: '#12263f',
  onAccent: '#0d1117',
  edge: '#8b949e',
  agent: '#ab7df8',
  ask: '#d29922',
  deny: '#f85149',
  allow: '#3fb950',
}

/** The style sheet. Programs that know no media queries draw the light picture. */
export function styleSheet(): string {
  return `${FONTS}${colors(LIGHT)}@media (prefers-color-scheme: dark){${colors(DARK)}}`
}

const FONTS =
  'text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;dominant-baseline:auto}' +
  '.title,.name{font-weight:600}.badge{font-weight:600;letter-spacing:.04em}' +
  '.edge{fill:none;stroke-width:1.7}.back{opacity:.6;stroke-width:1.3}.tool{stroke-dasharray:5 4}.icon{fill:none;stroke-width:1.4;stroke-linecap:round;stroke-linejoin:round}'

function colors(palette: Palette): string {
  const {
    page,
    card,
    header,
    line,
    text,
    muted,
    accent,
    accentTint,
    onAccent,
    edge,
    agent,
    ask,
    deny,
    allow,
  } = palette
  return [
    `.page{fill:${page}}`,
    `.card{fill:${card};stroke:${line}}`,
    '.frame{fill:none}',
    `.entry .card{stroke:${accent}}`,
    `.header{fill:${header}}`,
    `.entry .header{fill:${accentTint}}`,
    `.rule{stroke:${line}}`,
    `.title,.name,.row{fill:${text}}`,
    `.muted,.plain{fill:${muted}}`,
    `.pill{fill:${accent}}`,
    `.badge{fill:${onAccent}}`,
    `.handoff{stroke:${edge}}`,
    `.tool{stroke:${agent}}`,
    `.tip-handoff,.dot-handoff{fill:${edge}}`,
    `.tip-tool,.dot-tool{fill:${agent}}`,
    `.icon{stroke:${muted}}`,
    `.icon.ask{stroke:${ask}}`,
    `.icon.deny{stroke:${deny}}`,
    `text.ask{fill:${ask}}`,
    `text.deny{fill:${deny}}`,
    `text.allow{fill:${allow}}`,
  ].join('')
}
