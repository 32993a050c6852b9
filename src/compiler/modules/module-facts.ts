/** What the compiler knows of a tool module. */

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
