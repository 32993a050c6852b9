/** How markers in the arguments of a call begin: `[redacted:args.card]`. */
export const ARGS = 'args'
