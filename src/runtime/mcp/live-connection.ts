/** One connection to a server, as long as it holds: made within its time, with what we offer to servers. */
import { Client } from '@modelcontextprotocol/client'
import type { ClientOptions } from '@modelcontextprotocol/client'
import { setTimeout as wait } from 'node:timers/promises'
import type { McpServerDefinition } from '../../compiler/program-mcp.ts'
import { parseJson } from '../../util/json.ts'
import { untilAborted } from '../../util/until-aborted.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { listTools } from './list-tools.ts'
import type { McpConnected, McpListing, McpTool } from './mcp-servers.ts'
import type { OpenTransport, Surroundings } from './open-transport.ts'
import type { QuestionDesk } from './question-desk.ts'
import { resourceTools } from './resource-tools.ts'

/** Milliseconds for a server over HTTP to be told goodbye. */
const GOODBYE = 1000

/** A connection that was made. */
export interface Live {
  readonly client: Client
  readonly session: OpenTransport['session']
  readonly close: () => Promise<void>
  listing: Promise<readonly McpTool[]> | null
}

export interface ConnectionOrder {
  readonly name: string
  readonly definition: McpServerDefinition
  readonly surroundings: Surroundings & { readonly redactor: Redactor }
  readonly onConnected: (connected: McpConnected) => void
  readonly onListed: (listing: McpListing) => void
}

/** What a connection is made of. */
export interface Opened extends OpenTransport {
  readonly desk: QuestionDesk
  readonly ending: AbortSignal
}

/** The tools of the server, those made of its resources included. */
export async function listed(
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
export async function connect(order: ConnectionOrder, opened: Opened, onLost: () => void): Promise<Live> {
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
  live.now = { client, session: opened.session, close, listing: null }
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
