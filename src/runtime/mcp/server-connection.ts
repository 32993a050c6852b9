/** The connection to one server: made when first needed, made anew after it was lost, ended with the run. */
import type { Client } from '@modelcontextprotocol/client'
import { messageOf } from '../../util/message-of.ts'
import { untilAborted } from '../../util/until-aborted.ts'
import { authorizationAdvice, isForgottenSession } from './http-refusal.ts'
import { connect, listed } from './live-connection.ts'
import type { ConnectionOrder, Live } from './live-connection.ts'
import type { McpTool } from './mcp-servers.ts'
import { openTransport } from './open-transport.ts'
import type { OpenTransport } from './open-transport.ts'
import { createQuestionDesk } from './question-desk.ts'
import type { QuestionDesk } from './question-desk.ts'

/** Characters of what a server said, in a message. */
const MOST_SAID = 300

export interface ServerConnection {
  /**
   * Does something with the server; once more where that has forgotten the session, which it says before it does anything.
   * Rejects with what `work` rejects with, or an Error that says why there is no connection.
   */
  readonly use: <T>(work: (client: Client) => Promise<T>, signal: AbortSignal) => Promise<T>
  /** The tools as they are now. They are listed again where the list is not kept, but for `known`. */
  readonly tools: (when: 'now' | 'known', signal: AbortSignal) => Promise<readonly McpTool[]>
  /** As they were last listed; none before that. */
  readonly lastTools: () => readonly McpTool[]
  /** Why a request failed, in the words of the server where it left some. */
  readonly explain: (error: unknown) => string
  /** What is wrong with the connection shows when it is used: the next use makes another. */
  readonly drop: () => void
  /** Where the questions of the server meet the calls that are under way. */
  readonly desk: QuestionDesk
  readonly close: () => Promise<void>
}

export function createServerConnection(order: ConnectionOrder): ServerConnection {
  const { name, definition } = order
  const desk = createQuestionDesk(order.surroundings.redactor.json)
  const line = createLine(order, desk)
  let last: readonly McpTool[] = []
  const list = (one: Live): Promise<readonly McpTool[]> => {
    // Shared by all who ask meanwhile: nobody's own signal ends it.
    const began = performance.now()
    const told = (tools: number | null): void =>
      order.onListed({ server: name, duration_ms: Math.round(performance.now() - began), tools })
    const listing = listed(one.client, name, definition).then((tools) => (last = tools))
    one.listing = listing
    listing.then(
      ({ length }) => told(length),
      () => {
        told(null)
        if (one.listing === listing) one.listing = null
      },
    )
    return listing
  }
  return {
    use: (work, signal) => inSession(line, ({ client }) => work(client), signal),
    tools: (when, signal) =>
      inSession(
        line,
        (one) => {
          const keeps = when === 'known' || definition.cache_tools_list
          return untilAborted(keeps ? (one.listing ?? list(one)) : list(one), signal)
        },
        signal,
      ),
    lastTools: () => last,
    desk,
    explain(error) {
      const challenge = line.opened()?.challenge() ?? ''
      const advice = authorizationAdvice(error, { server: name, definition, challenge })
      if (advice !== null) return advice
      const said = line.opened()?.complaint() ?? ''
      return said === '' ? messageOf(error) : `${messageOf(error)} (it said: ${said.slice(0, MOST_SAID)})`
    },
    drop: line.drop,
    close: line.close,
  }
}

/** Holds the connection there is. */
interface Line {
  readonly current: () => Promise<Live>
  /** What the latest connection goes over. */
  readonly opened: () => OpenTransport | null
  readonly drop: () => void
  /** The same, if it is still the one there is. */
  readonly leave: (one: Live) => Promise<void>
  readonly close: () => Promise<void>
}

function createLine(order: ConnectionOrder, desk: QuestionDesk): Line {
  let live: Promise<Live> | null = null
  let opened: OpenTransport | null = null
  const ending = new AbortController()
  const closings = new Set<Promise<void>>()
  const drop = (): void => {
    if (live === null) return
    const closing = live.then(({ close }) => close()).catch(() => {})
    live = null
    closings.add(closing)
    void closing.then(() => closings.delete(closing))
  }
  const current = (): Promise<Live> => {
    if (ending.signal.aborted) throw new Error('the run has ended')
    if (live !== null) return live
    opened = openTransport(order.definition, order.surroundings)
    const made: Promise<Live> = connect(order, { ...opened, desk, ending: ending.signal }, () => {
      if (live === made) live = null
    })
    live = made
    made.catch(() => {
      if (live === made) live = null
    })
    return made
  }
  return {
    current,
    opened: () => opened,
    drop,
    async leave(one) {
      const held = live
      if (held !== null && (await held.catch(() => null)) === one && live === held) drop()
    },
    async close() {
      ending.abort()
      drop()
      await Promise.all(closings)
    },
  }
}

async function inSession<T>(line: Line, work: (one: Live) => Promise<T>, signal: AbortSignal): Promise<T> {
  const one = await untilAborted(line.current(), signal)
  const session = one.session()
  try {
    return await work(one)
  } catch (error) {
    if (!isForgottenSession(error, session)) throw error
    // Whoever found out first has left it already.
    await line.leave(one)
    return work(await untilAborted(line.current(), signal))
  }
}
