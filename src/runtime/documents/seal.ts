/** Proves that a state document was written by somebody who has the key. It proves origin, not freshness. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { canonicalJson } from '../../util/canonical-json.ts'
import { sha256 } from '../../util/sha256.ts'
import type { Seal, StateDocument } from './state-document.ts'

/** HMAC-SHA-256 over the RFC 8785 bytes of the document without `seal`. */
export function sealDocument(document: Omit<StateDocument, 'seal'>, key: string): StateDocument {
  return { ...document, seal: { alg: 'HMAC-SHA256', key_id: keyId(key), mac: macOf(document, key) } }
}

export type SealVerdict = 'sealed' | 'unsealed' | 'other_key' | 'broken'

export function verifySeal(document: StateDocument, key: string | null): SealVerdict {
  const { seal, ...rest } = document
  if (seal === undefined) return 'unsealed'
  if (key === null || seal.key_id !== keyId(key)) return 'other_key'
  return isValid(seal, rest, key) ? 'sealed' : 'broken'
}

function isValid(seal: Seal, rest: Omit<StateDocument, 'seal'>, key: string): boolean {
  const expected = Buffer.from(macOf(rest, key), 'hex')
  const given = Buffer.from(seal.mac, 'hex')
  return expected.length === given.length && timingSafeEqual(expected, given)
}

function macOf(document: Omit<StateDocument, 'seal'>, key: string): string {
  return createHmac('sha256', key).update(canonicalJson(document), 'utf8').digest('hex')
}

function keyId(key: string): string {
  return sha256(key).slice('sha256:'.length, 'sha256:'.length + 16)
}
