/** What is said of a value that does not fit a JSON Schema. */

export interface SchemaIssue {
  /** JSON pointer into the value; empty for the value itself. */
  readonly pointer: string
  /** Begins with the place as code writes it (`lines[0].sku`), unless that is the value itself. */
  readonly message: string
}
