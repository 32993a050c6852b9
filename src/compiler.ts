/** The compiler as a library: text of a spec → Program, or everything that is wrong with it. */
export { compileFile } from './compiler/compile.ts'
export type { CompileOptions } from './compiler/compile.ts'
export type { CompileFailure, CompileResult, CompileSuccess } from './compiler/compile-result.ts'
export type { Program } from './compiler/program.ts'
export { specHash } from './compiler/spec-hash.ts'
export type {
  Diagnostic,
  Fix,
  Location,
  Position,
  RelatedPlace,
  Severity,
  TextEdit,
} from './spec/diagnostic.ts'
