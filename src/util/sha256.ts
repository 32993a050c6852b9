/** Content hashes, written `sha256:<hex>` wherever a person or another program sees them. */
import { createHash } from 'node:crypto'
import { canonicalJson } from './canonical-json.ts'

/** `sha256:` and the hexadecimal digest of the UTF-8 bytes of a text. */
export function sha256(text: string): string {
  return `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`
}

/** The hash of a JSON value: of its canonical bytes (RFC 8785). */
export function hashJson(value: unknown): string {
  return sha256(canonicalJson(value))
}
