/** The documents whose commands are run, and what has to be there before. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './entries.ts'

export interface Walkthrough {
  readonly file: string
  /** Brings the folder to where the document begins. */
  readonly prepare: (home: string) => void
}

const withExamples = (home: string): void =>
  cpSync(join(root, 'specs'), join(home, 'specs'), { recursive: true })

export const WALKTHROUGHS: readonly Walkthrough[] = [
  { file: 'docs/guide.md', prepare: () => {} },
  { file: 'docs/versioning.md', prepare: withExamples },
]
