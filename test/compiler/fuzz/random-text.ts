/** Texts out of nothing: YAML that looks like a spec, rows of its bits, and any characters at all. */
import type { Random } from './random.ts'
import { keys, pieces, values } from './vocabulary.ts'

/** A text of one of several kinds. */
export function randomText(random: Random): string {
  switch (random.below(5)) {
    case 0:
      return `agentspec: 1\nname: demo\n${blockMap(random, 0, 3)}`
    case 1:
      return blockMap(random, 0, 4)
    case 2:
      return `agentspec: 1\nname: demo\nagents: { a: {} }\n${random.pick(keys)}: ${flow(random, 4)}\n`
    case 3:
      return several(random, 60, () => random.pick(random.oneIn(2) ? pieces : [...keys, ...values])).join('')
    default:
      return several(random, 200, () =>
        String.fromCharCode(random.oneIn(3) ? random.below(65_536) : random.below(128)),
      ).join('')
  }
}

function several(random: Random, most: number, make: () => string): readonly string[] {
  return Array.from({ length: random.below(most + 1) }, make)
}

function blockMap(random: Random, indent: number, depth: number): string {
  const lines = several(random, 6, () => {
    const start = `${' '.repeat(indent)}${random.oneIn(8) ? '- ' : ''}${random.pick(keys)}:`
    if (depth > 0 && random.oneIn(2)) return `${start}\n${blockMap(random, indent + 2, depth - 1)}`
    return `${start} ${random.oneIn(2) ? flow(random, depth) : random.pick(values)}\n`
  })
  return lines.join('')
}

function flow(random: Random, depth: number): string {
  if (depth === 0 || random.oneIn(3)) return random.pick(values)
  const parts = several(random, 4, () =>
    random.oneIn(3) ? flow(random, depth - 1) : `${random.pick(keys)}: ${flow(random, depth - 1)}`,
  ).join(', ')
  return random.oneIn(2) ? `[${parts}]` : `{ ${parts} }`
}
