/** The connection to one server: made when first needed, made anew after it was lost, ended with the run. */
import { Client } from '@modelcontextprotocol/client'
import type { ClientOptions } from '@modelcontextprotocol/client'
import { setTimeout as wait } from 'node:timers/promises'
import type { McpServerDefinition } from '../../compiler/program-mcp.ts'
import { parseJson } from '../../util/json.ts'
import { messageOf } from '../../util/message-of.ts'
import { untilAborted } from '../../util/until-aborted.ts'
import { listTools } from './list-tools.ts'
import type { McpConnected, McpTool } from './mcp-servers.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { openTransport } from './open-transport.ts'
import type { OpenTransport, Surroundings } from './open-transport.ts'
import { createQuestionDesk } from './question-desk.ts'
import type { QuestionDesk } from './question-desk.ts'
import { resourceTools } from './resource-tools.ts'

/** Milliseconds for a server over HTTP to be told goodbye. */
const GOODBYE = 1000

/** Characters of what a server said, in a message. */
const MOST_SAID = 300

export interface ServerConnection {
  /** Rejects with an Error that says why there is none. */
  readonly client: (signal: AbortSignal) => Promise<Client>
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

/** One connection, as long as it holds. */
interface Live {
  readonly client: Client
  readonly close: () => Promise<void>
  listing: Promise<readonly McpTool[]> | null
}

export interface ConnectionOrder {
  readonly name: string
  readonly definition: McpServerDefinition
  readonly surroundings: Surroundings & { readonly redactor: Redactor }
  readonly onConnected: (connected: McpConnected) => void
}

export function createServerConnection(order: ConnectionOrder): ServerConnection {
  const { name, definition } = order
  let live: Promise<Live> | null = null
  let last: readonly McpTool[] = []
  const desk = createQuestionDesk(order.surroundings.redactor.json)
  const ending = new AbortController()
  const closings = new Set<Promise<void>>()
  let complaint = (): string => ''
  const end = (one: Promise<Live>): void => {
    const closing = one.then(({ close }) => close()).catch(() => {})
    closings.add(closing)
    void closing.then(() => closings.delete(closing))
  }
  const connection = (): Promise<Live> => {
    if (ending.signal.aborted) throw new Error('the run has ended')
    if (live !== null) return live
    const opened = openTransport(definition, order.surroundings)
    complaint = opened.complaint
    const made: Promise<Live> = connect(order, { ...opened, desk, ending: ending.signal }, () => {
      if (live === made) live = null
    })
    live = made
    made.catch(() => {
      if (live === made) live = null
    })
    return made
  }
  const list = (one: Live): Promise<readonly McpTool[]> => {
    // Shared by all who ask meanwhile: nobody's own signal ends it.
    const listing = listed(one.client, name, definition).then((tools) => (last = tools))
    one.listing = listing
    listing.catch(() => {
      if (one.listing === listing) one.listing = null
    })
    return listing
  }
  return {
    client: async (signal) => (await untilAborted(connection(), signal)).client,
    async tools(when, signal) {
      const one = await untilAborted(connection(), signal)
      const keeps = when === 'known' || definition.cache_tools_list
      return untilAborted(keeps ? (one.listing ?? list(one)) : list(one), signal)
    },
    lastTools: () => last,
    desk,
    explain(error) {
      const said = complaint()
      return said === '' ? messageOf(error) : `${messageOf(error)} (it said: ${said.slice(0, MOST_SAID)})`
    },
    drop() {
      if (live === null) return
      end(live)
      live = null
    },
    async close() {
      ending.abort()
      if (live !== null) end(live)
      await Promise.all(closings)
    },
  }
}

async function listed(
  client: Client,
  server: string,
  definition: McpServerDefinition,
): Promise<readonly McpTool[]> {
  const { timeout } = definition
  const signal = AbortSignal.timeout(timeout)
  const hasTools = client.getServerCapabilities()?.tools !== undefined
  const tools = hasTools ? await untilAborted(listTools(client, server, { signal, timeout }), signal) : []
  return definition.resources.expose && client.getServerCapabilities()?.resources !== undefined
    ? [...tools, ...resourceTools(server, tools)]
    : tools
}

/** Within `connect_timeout`; what was begun is ended when there is no time left. */
async function connect(
  order: ConnectionOrder,
  opened: OpenTransport & { readonly desk: QuestionDesk; readonly ending: AbortSignal },
  onLost: () => void,
): Promise<Live> {
  const { name, definition, onConnected } = order
  const live: { now: Live | null } = { now: null }
  const client = new Client(
    { name: 'agentspec', version: '1' },
    clientOptions(definition, () => {
      if (live.now !== null) live.now.listing = null
    }),
  )
  client.setRequestHandler('elicitation/create', ({ params }) =>
    opened.desk.ask(parseJson(JSON.stringify(params))),
  )
  // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the client has no other way
  client.onclose = onLost
  const close = (): Promise<void> => endConnection(client, opened)
  const time = AbortSignal.timeout(definition.connect_timeout)
  try {
    const signal = AbortSignal.any([time, opened.ending])
    const timeout = definition.connect_timeout
    await untilAborted(client.connect(opened.transport, { signal, timeout }), signal)
  } catch (error) {
    await close()
    const limit = definition.connect_timeout / 1000
    throw time.aborted ? new Error(`no connection within ${limit} seconds`, { cause: error }) : error
  }
  const info = client.getServerVersion()
  onConnected({
    type: 'mcp.connected',
    server: name,
    name: info?.name ?? '',
    version: info?.version ?? '',
    protocol: client.getNegotiatedProtocolVersion() ?? null,
  })
  live.now = { client, close, listing: null }
  return live.now
}

/** Sampling and roots are not offered: a server that asks for them is refused by the protocol. */
function clientOptions(definition: McpServerDefinition, onToolsChanged: () => void): ClientOptions {
  const { negotiation, refresh_on_list_changed: refreshes, cache_tools_list: caches } = definition
  const options: ClientOptions = {
    capabilities: { elicitation: { form: {} } },
    inputRequired: { autoFulfill: false },
    ...negotiationOptions(negotiation),
  }
  if (!refreshes || !caches) return options
  return {
    ...options,
    listChanged: { tools: { autoRefresh: false, onChanged: onToolsChanged, debounceMs: 0 } },
  }
}

/** Revisions from 2026 on are negotiated another way than those before. */
function negotiationOptions(
  negotiation: string,
): Pick<ClientOptions, 'versionNegotiation' | 'supportedProtocolVersions'> {
  if (negotiation === 'auto' || negotiation === 'legacy') return { versionNegotiation: { mode: negotiation } }
  if (negotiation < '2026') return { supportedProtocolVersions: [negotiation] }
  return { versionNegotiation: { mode: { pin: negotiation } } }
}

async function endConnection(client: Client, { transport, leave }: OpenTransport): Promise<void> {
  await Promise.race([leave().catch(() => {}), wait(GOODBYE)])
  await client.close().catch(() => {})
  await transport.close().catch(() => {})
}
