/** How much one YAML file may ask of us. */

/** UTF-8 bytes of a file. */
export const maxFileBytes: number = 4 * 1024 * 1024

/** Maps and lists inside one another. */
export const maxDepth = 64

/** Aliases, counted as the `yaml` library counts them: uses of an anchor times those of the anchors inside it. */
export const maxAliases = 100

/** Characters that aliases may unfold to in one document. */
export const maxUnfolded: number = 16 * 1024 * 1024
