/** The documents whose commands are run, and what has to be there before. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './entries.ts'

export interface Walkthrough {
  readonly file: string
  /** Brings the folder to where the document begins. */
  readonly prepare: (home: string) => void
}

const withExamples = (home: string): void =>
  cpSync(join(root, 'specs'), join(home, 'specs'), { recursive: true })

/** The spec of the README with two mistakes in it. */
const withTypos = (home: string): void => {
  withExamples(home)
  const text = readFileSync(join(home, 'specs/support.yaml'), 'utf8')
  const typos = text.replace('handoffs: [billing]', 'handoffs: [biling]').replace('args.amount', 'args.amout')
  writeFileSync(join(home, 'specs/typos.yaml'), typos)
}

const withTools = (home: string): void =>
  writeFileSync(
    join(home, 'tools.ts'),
    `export function cancelOrder(args: { order: number; amount: number; card: string }) {
  return { cancelled: args.order, paid_back: args.amount }
}
`,
  )

export const WALKTHROUGHS: readonly Walkthrough[] = [
  { file: 'README.md', prepare: withTypos },
  { file: 'docs/guide.md', prepare: () => {} },
  { file: 'docs/versioning.md', prepare: withExamples },
  { file: 'docs/approvals.md', prepare: withTools },
]
