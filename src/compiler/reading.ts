/** What one compilation needs to read files and to speak about them. */
import type { Report } from '../spec/reporter.ts'
import type { TypeStripper } from '../util/type-stripper.ts'
import type { SpecLoader } from './loader.ts'

export interface Reading {
  readonly loader: SpecLoader
  /** The root spec's name inside its folder. */
  readonly rootFile: string
  /** How a file of the folder is called in diagnostics. */
  readonly displayName: (path: string) => string
  readonly report: Report
  /** Erases the types of tool modules. */
  readonly stripper: TypeStripper
}
