/** What the compiler knows of a tool module, and where it may remember that from one compilation to the next. */

/** An import as written; offsets are those of the specifier in the source. */
export interface ModuleImport {
  readonly specifier: string
  readonly start: number
  readonly end: number
}

export interface ModuleFacts {
  /** Relative imports (and what claims a place on disk): those that belong to the closure or are not allowed. */
  readonly imports: readonly ModuleImport[]
  readonly exports: readonly string[]
  /** Specifiers of `export * from`. */
  readonly starExports: readonly string[]
}

/**
 * Remembers the facts of modules without mistakes. Node's own reader of TypeScript, which finds the mistakes, takes
 * longer to start than the rest of the compiler.
 */
export interface ModuleMemory {
  /** The facts of the module with this path (from the spec's folder) and exactly this text. */
  recall(path: string, text: string): ModuleFacts | undefined
  keep(path: string, text: string, facts: ModuleFacts): void
}
