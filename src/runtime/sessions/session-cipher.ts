/**
 * Encrypts the items of sessions: AES-256-GCM, with a key for each session derived by HKDF-SHA-256 from the key of the spec.
 *
 * Terminology: an *envelope* is a stored item that holds an encrypted one. What it says in clear (operation, place in it,
 * time) is authenticated together with the id of its session: it cannot be changed, nor read as an item of another session.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { UsageFailure } from '../failures.ts'
import type { Item } from '../state/item.ts'
import { parseItem } from '../store/stored-json.ts'
import type { SessionAppend } from './session-store.ts'

/** The type of a stored item that is encrypted. */
const ENVELOPE_TYPE = 'agentspec.encrypted'

const VERSION = 1
const INFO = 'agentspec.session.v1'
const FEWEST_CHARACTERS = 16
const IV_BYTES = 12
const TAG_BYTES = 16

export interface OpenedItem {
  readonly item: Item
  /** Milliseconds since the epoch; `null` for one that was never encrypted. */
  readonly at: number | null
}

export interface SessionCipher {
  /** Milliseconds after which new runs do not see an item any more. */
  readonly ttl: number
  /** The append with every item in an envelope. */
  seal<T extends SessionAppend>(append: T): T
  /**
   * Stored items in their order. Those from before the session was encrypted stand at its beginning.
   *
   * @throws UsageFailure `session_key`: written with another key, changed since, or not encrypted among others that are.
   */
  open(sessionId: string, items: readonly Item[]): readonly OpenedItem[]
}

export interface SessionCipherOptions {
  /** One key a line: the first one encrypts, all of them decrypt. */
  readonly key: string
  readonly ttl: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** @throws UsageFailure `session_key` for a key of fewer than 16 characters. */
export function createSessionCipher({ key, ttl, now }: SessionCipherOptions): SessionCipher {
  const lines = key.split('\n').map((line) => line.trim())
  const keys = lines.filter((line) => line !== '')
  if (keys.length === 0 || keys.some((one) => one.length < FEWEST_CHARACTERS)) {
    throw new UsageFailure(
      'session_key',
      keys.length === 0
        ? 'session.encryption.key is empty: its variable has no value'
        : `session.encryption.key has fewer than ${FEWEST_CHARACTERS} characters`,
      'Set it to something nobody can guess: openssl rand -base64 32',
    )
  }
  return {
    ttl,
    seal(append) {
      const { session_id, operation } = append
      const own = derive(keys[0] ?? '', session_id)
      const items = append.items.map((item, n): Item => {
        const head = { key: own.id, op: operation, n, at: now() }
        return { type: ENVELOPE_TYPE, v: VERSION, ...head, data: encrypt(own, session_id, head, item) }
      })
      return { ...append, items }
    },
    open(sessionId, items) {
      const own = new Map(keys.map((one) => derive(one, sessionId)).map((derived) => [derived.id, derived]))
      let encrypted = false
      return items.map((stored) => {
        if (!isEnvelope(stored)) {
          if (encrypted) throw refused(sessionId, 'has an item that is not encrypted among others that are')
          return { item: stored, at: null }
        }
        encrypted = true
        return openEnvelope(own, sessionId, stored)
      })
    },
  }
}

/** True for a stored item that is encrypted. */
export function isEnvelope(item: Item): boolean {
  return item['type'] === ENVELOPE_TYPE
}

/** @throws UsageFailure `session_key`, for whoever reads a session without a key. */
export function assertInClear(sessionId: string, items: readonly Item[]): void {
  if (!items.some(isEnvelope)) return
  throw new UsageFailure(
    'session_key',
    `Session ${sessionId} is encrypted, and no key was given for it`,
    'Use the spec it was written with (session.encryption), or another session',
  )
}

interface DerivedKey {
  /** Tells keys apart without saying anything about them. */
  readonly id: string
  readonly bytes: Buffer
}

/** What is authenticated besides the session. */
interface Head {
  readonly key: string
  readonly op: string
  readonly n: number
  readonly at: number
}

function derive(key: string, sessionId: string): DerivedKey {
  const bytesFor = (info: string, length: number): Buffer =>
    Buffer.from(hkdfSync('sha256', key, sessionId, info, length))
  return { id: bytesFor(`${INFO}.id`, 6).toString('hex'), bytes: bytesFor(INFO, 32) }
}

function authenticated(sessionId: string, { key, op, n, at }: Head): Buffer {
  return Buffer.from(JSON.stringify([VERSION, sessionId, key, op, n, at]))
}

function encrypt({ bytes }: DerivedKey, sessionId: string, head: Head, item: Item): string {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', bytes, iv).setAAD(authenticated(sessionId, head))
  const text = [cipher.update(JSON.stringify(item), 'utf8'), cipher.final()]
  return Buffer.concat([iv, cipher.getAuthTag(), ...text]).toString('base64')
}

function openEnvelope(
  keys: ReadonlyMap<string, DerivedKey>,
  sessionId: string,
  envelope: Item,
): OpenedItem & { readonly at: number } {
  const { v, key, op, n, at, data } = envelope
  if (v !== VERSION)
    throw refused(sessionId, `was written by another release: its items have version ${JSON.stringify(v)}`)
  if (
    typeof key !== 'string' ||
    typeof op !== 'string' ||
    typeof n !== 'number' ||
    typeof at !== 'number' ||
    typeof data !== 'string'
  ) {
    throw refused(sessionId, 'has an item that is no whole envelope')
  }
  const derived = keys.get(key)
  if (derived === undefined) throw refused(sessionId, 'was encrypted with another key')
  const text = decrypt(derived, authenticated(sessionId, { key, op, n, at }), data)
  if (text === null) throw refused(sessionId, 'has an item that was changed since it was encrypted')
  return { item: parseItem(text, sessionId), at }
}

/** `null`: it is not what was encrypted. */
function decrypt({ bytes }: DerivedKey, aad: Buffer, data: string): string | null {
  const all = Buffer.from(data, 'base64')
  if (all.length < IV_BYTES + TAG_BYTES) return null
  const [iv, rest] = [all.subarray(0, IV_BYTES), all.subarray(IV_BYTES)]
  const decipher = createDecipheriv('aes-256-gcm', bytes, iv, { authTagLength: TAG_BYTES })
  decipher.setAAD(aad).setAuthTag(rest.subarray(0, TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(rest.subarray(TAG_BYTES)), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

function refused(sessionId: string, why: string): UsageFailure {
  return new UsageFailure(
    'session_key',
    `Session ${sessionId} ${why}; it was left as it is`,
    'Check the variable of session.encryption.key: it may hold former keys too, one a line after the new one',
  )
}
