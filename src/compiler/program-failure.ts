/** What becomes of tools that fail, and of calls nobody knows the end of. */

/** What the model is told when a tool fails; `raise` fails the run instead. */
export type FailureText =
  | { readonly kind: 'default' }
  | { readonly kind: 'raise' }
  | { readonly kind: 'message'; readonly template: string }
  | { readonly kind: 'handler'; readonly handler: string }

export type OnUnknown = 'ask' | 'retry' | 'fail'
