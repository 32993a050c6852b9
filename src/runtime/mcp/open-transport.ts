/** The transport to a server, by its definition. */
import { isAbsolute, resolve } from 'node:path'
import { SSEClientTransport, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Transport } from '@modelcontextprotocol/client'
import type { McpServerDefinition } from '../../compiler/program-mcp.ts'
import { invariant } from '../../util/invariant.ts'
import { boundedFetch } from './bounded-fetch.ts'
import { createStdioTransport } from './stdio-transport.ts'

/** Where servers run: what they get of the machine. */
export interface Surroundings {
  /** The folder of the spec. */
  readonly folder: string
  readonly variables: Readonly<Record<string, string>>
}

export interface OpenTransport {
  readonly transport: Transport
  /** What the server complained of, for messages. */
  readonly complaint: () => string
  /** The WWW-Authenticate of the latest answer that had one. */
  readonly challenge: () => string
  /** The session with a server over HTTP. */
  readonly session: () => string | undefined
  /** Says goodbye, where the protocol has a word for it. */
  readonly leave: () => Promise<void>
}

/** A stream that broke is taken up again from its last event: after half a second, then after twice as long each time. */
const RECONNECTION = {
  initialReconnectionDelay: 500,
  reconnectionDelayGrowFactor: 2,
  maxReconnectionDelay: 30_000,
  maxRetries: 6,
} as const

const NO_HTTP: Pick<OpenTransport, 'challenge' | 'session' | 'leave'> = {
  challenge: () => '',
  session: () => undefined,
  leave: async () => {},
}

/** Of the environment a server sees these, and what its own `env` says. */
const SEEN = ['HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER', 'LANG', 'TZ', 'TMPDIR'] as const

export function openTransport(
  definition: McpServerDefinition,
  { folder, variables }: Surroundings,
): OpenTransport {
  if (definition.transport === 'stdio') {
    const { command, args = [], env = {}, cwd = '.' } = definition
    invariant(command !== undefined, 'a server over stdio has a command')
    const seen = SEEN.flatMap((name) => {
      const value = variables[name]
      return value === undefined ? [] : [[name, value] as const]
    })
    const transport = createStdioTransport({
      command: isRelative(command) ? resolve(folder, command) : command,
      args,
      env: { ...Object.fromEntries(seen), ...env },
      cwd: resolve(folder, cwd),
    })
    return { transport, complaint: transport.complaint, ...NO_HTTP }
  }
  return openHttp(definition)
}

/** A bare name is looked for on PATH. */
function isRelative(command: string): boolean {
  return !isAbsolute(command) && /^\.{1,2}[\\/]/.test(command)
}

function openHttp({ transport: kind, url, headers = {}, authorization }: McpServerDefinition): OpenTransport {
  invariant(url !== undefined, 'a server over HTTP has a url')
  const all = { ...headers, ...(authorization === undefined ? {} : { Authorization: authorization }) }
  let challenge = ''
  const fetch: typeof boundedFetch = async (address, init) => {
    const response = await boundedFetch(address, init)
    challenge = response.headers.get('www-authenticate') ?? challenge
    return response
  }
  const options = { requestInit: { headers: all }, fetch }
  const common = { complaint: () => '', challenge: () => challenge }
  if (kind === 'sse') {
    // Servers that speak only this are still in use.
    // oxlint-disable-next-line typescript/no-deprecated
    const transport = new SSEClientTransport(new URL(url), options)
    return { ...NO_HTTP, ...common, transport }
  }
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    ...options,
    reconnectionOptions: RECONNECTION,
  })
  return {
    ...common,
    transport,
    session: () => transport.sessionId,
    leave: () => transport.terminateSession(),
  }
}
