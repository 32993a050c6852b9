/** Finds and opens the sessions of specs, each store once, and closes what it opened. */
import { messageOf } from '../../util/message-of.ts'
import { UsageFailure } from '../failures.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import type { RunStore } from '../store/run-store.ts'
import { checkedSessions } from './checked-sessions.ts'
import { openSessionStore, schemeOf } from './open-session-store.ts'
import type { OpenedSessions } from './open-session-store.ts'
import type { SessionStore } from './session-store.ts'
import type { SpecSessions } from './spec-sessions.ts'

export interface SessionPlaces {
  /**
   * Where the sessions of a spec live.
   *
   * @throws UsageFailure for a `session.store` that names none; StoreFailure when it cannot be opened.
   */
  of(spec: LinkedSpec): Promise<SpecSessions>
  /** Closes the stores that were opened for specs; the run store is not touched. */
  close(): Promise<void>
}

/** Opens the session store that a URL of its scheme names. */
export type SessionStoreFactory = (url: string) => SessionStore | Promise<SessionStore>

/** What the function of `session.store: { handler }` is given. */
export interface SessionStoreOptions {
  readonly spec: { readonly name: string; readonly version: string }
  /** The folder of the spec. */
  readonly folder: string
  /** The environment of the run, `.env` included. */
  readonly environment: Readonly<Record<string, string>>
}

export interface SessionPlacesOptions {
  /** Keeps the sessions of specs that name no other store. */
  readonly store: RunStore
  /** Where relative paths start. */
  readonly cwd: string
  /** By scheme of their URLs. */
  readonly factories: Readonly<Record<string, SessionStoreFactory>>
  readonly warn: (message: string) => void
}

export function createSessionPlaces(options: SessionPlacesOptions): SessionPlaces {
  const { store } = options
  const beside: SpecSessions = { place: 'run_store', url: store.url, store: store.sessions }
  const byUrl = new Map<string, Promise<SpecSessions>>()
  const bySpec = new Map<LinkedSpec, Promise<SpecSessions>>()
  const placed = ({ url, store: opened }: OpenedSessions): SpecSessions =>
    opened === 'run_store' ? beside : { place: 'elsewhere', url, store: opened }

  return {
    async of(spec) {
      const { store: where } = spec.program.session
      if (where === undefined) return beside
      if (typeof where === 'object')
        return once(bySpec, spec, async () => placed(await fromHandler(spec, where.handler)))
      if (where === 'openai_conversations') {
        const { openConversations } = await import('./openai/open-conversations.ts')
        const conversations = async (): Promise<SessionStore> => openConversations(spec, store.sessions)
        return once(bySpec, spec, async () => placed({ url: where, store: await conversations() }))
      }
      return once(byUrl, where, async () => placed(await open(options, spec, where)))
    },
    async close() {
      const opened = await Promise.allSettled([...byUrl.values(), ...bySpec.values()])
      for (const result of opened) {
        if (result.status === 'fulfilled' && result.value !== beside) await result.value.store.close?.()
      }
    },
  }
}

/** What could not be opened is tried again the next time. */
function once<K, V>(known: Map<K, Promise<V>>, key: K, open: () => Promise<V>): Promise<V> {
  const found = known.get(key)
  if (found !== undefined) return found
  const opening = open()
  known.set(key, opening)
  opening.catch(() => known.delete(key))
  return opening
}

async function open(options: SessionPlacesOptions, spec: LinkedSpec, url: string): Promise<OpenedSessions> {
  const scheme = schemeOf(url)
  const factory = Object.hasOwn(options.factories, scheme) ? options.factories[scheme] : undefined
  if (factory === undefined) return openSessionStore(url, options)
  // Only the scheme: the rest may hold a password.
  const shown = `${scheme}:`
  return { url: shown, store: await made(spec, shown, () => factory(url)) }
}

async function fromHandler(spec: LinkedSpec, reference: string): Promise<OpenedSessions> {
  const { name, version } = spec.reference
  const given: SessionStoreOptions = {
    spec: { name, version },
    folder: spec.folder,
    environment: spec.variables,
  }
  const create = await spec.handler(reference)
  return { url: reference, store: await made(spec, reference, () => create(given)) }
}

async function made(spec: LinkedSpec, shown: string, create: () => unknown): Promise<SessionStore> {
  const redact = (text: string): string => spec.redactor.text(text)
  let value: unknown
  try {
    value = await create()
  } catch (error) {
    const message = redact(`The session store ${shown} cannot be opened: ${messageOf(error)}`)
    throw new UsageFailure('session_store_failed', message, 'Nothing was started')
  }
  return checkedSessions(value, shown, redact)
}
