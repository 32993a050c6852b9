/** Where a value is inside a document: the keys and indices that lead to it, also as a JSON pointer (RFC 6901). */

export type Path = readonly (string | number)[]

/** `/agents/triage/handoffs/0`; the empty text for the document itself. */
export function toPointer(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** The parts of a JSON pointer. Indices come out as text: a place is found by either form. */
export function fromPointer(pointer: string): Path {
  if (pointer === '') return []
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}
