/** The sessions of specs as each spec wants them stored: encrypted with its key, or in clear. */
import { UsageFailure } from '../failures.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import {
  encryptedRunSessions,
  encryptedSessions,
  plainRunSessions,
  plainSessions,
} from './encrypted-sessions.ts'
import { createSessionCipher } from './session-cipher.ts'
import type { SessionPlaces } from './session-places.ts'
import type { SpecSessions } from './spec-sessions.ts'

/** @param now Milliseconds since the epoch. */
export function encryptedPlaces(places: SessionPlaces, now: () => number): SessionPlaces {
  return {
    ...places,
    of: async (spec) => withEncryption(await places.of(spec), spec, now),
  }
}

function withEncryption(sessions: SpecSessions, spec: LinkedSpec, now: () => number): SpecSessions {
  const { encryption } = spec.program.session
  if (encryption === undefined) {
    return sessions.place === 'run_store'
      ? { ...sessions, store: plainRunSessions(sessions.store) }
      : { ...sessions, store: plainSessions(sessions.store) }
  }
  if (spec.program.session.store === 'openai_conversations') {
    throw new UsageFailure(
      'not_supported',
      'session.encryption cannot encrypt what OpenAI keeps: session.store is openai_conversations',
      'Remove one of the two',
    )
  }
  const cipher = createSessionCipher({ ...encryption, now })
  return sessions.place === 'run_store'
    ? { ...sessions, store: encryptedRunSessions(sessions.store, cipher, now), seal: cipher.seal }
    : { ...sessions, store: encryptedSessions(sessions.store, cipher, now) }
}
