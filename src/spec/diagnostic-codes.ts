/** The table of diagnostic codes: what each means, and how it is worded. */
import { meaningCodes } from './codes/meaning.ts'
import type { MeaningArgs } from './codes/meaning.ts'
import { referenceCodes } from './codes/references.ts'
import type { ReferenceArgs } from './codes/references.ts'
import { schemaCodes } from './codes/schema.ts'
import type { SchemaArgs } from './codes/schema.ts'
import { yamlCodes } from './codes/yaml.ts'
import type { YamlArgs } from './codes/yaml.ts'
import type { CodeRow } from './codes/code-row.ts'

interface ArgsByCode extends YamlArgs, SchemaArgs, ReferenceArgs, MeaningArgs {}

/** A permanent code, such as `AS3001`. */
export type DiagnosticCode = keyof ArgsByCode

/** What the message of a code needs to know. */
export type DiagnosticArgs<Code extends DiagnosticCode> = ArgsByCode[Code]

/** Every code and its row. */
export const diagnosticCodes: { readonly [Code in DiagnosticCode]: CodeRow<ArgsByCode[Code]> } = {
  ...yamlCodes,
  ...schemaCodes,
  ...referenceCodes,
  ...meaningCodes,
}
