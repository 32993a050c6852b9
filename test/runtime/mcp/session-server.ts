/** An MCP server with sessions over streamable HTTP, in this process, that can forget them, break off, and want a token. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node'
import { fromJsonSchema, McpServer } from '@modelcontextprotocol/server'

export interface SessionServer extends AsyncDisposable {
  readonly url: string
  /** Method of each request, and what a POST asks for. */
  readonly log: readonly string[]
  readonly sessions: number
  /** As after a restart. */
  readonly forget: () => void
}

interface Behaviour {
  /** The Authorization it wants. */
  readonly token?: string
  /** The tool breaks its connection off, so many times. */
  readonly breaks?: number
}

const TEXT = fromJsonSchema<{ readonly text: string }>({
  type: 'object',
  properties: { text: { type: 'string' } },
  required: ['text'],
})

export async function startSessionServer({ token, breaks = 0 }: Behaviour = {}): Promise<SessionServer> {
  const sessions = new Map<string, NodeStreamableHTTPServerTransport>()
  const log: string[] = []
  let left = breaks
  const open = async (): Promise<NodeStreamableHTTPServerTransport> => {
    const server = new McpServer({ name: 'sessions', version: '1.0.0' }, { capabilities: { tools: {} } })
    server.registerTool('note', { description: 'Notes', inputSchema: TEXT }, ({ text }) => ({
      content: [{ type: 'text', text: `noted ${text}` }],
    }))
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
    })
    await server.connect(transport)
    return transport
  }
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body: unknown =
      request.method === 'POST' ? JSON.parse(Buffer.concat(await request.toArray()).toString()) : undefined
    const method = (body as { readonly method?: string } | undefined)?.method
    log.push(method === undefined ? String(request.method) : `${request.method} ${method}`)
    if (token !== undefined && request.headers.authorization !== token) {
      response.setHeader('www-authenticate', 'Bearer resource_metadata="https://auth.example.com"')
      return void response.writeHead(401).end('who are you?')
    }
    const id = request.headers['mcp-session-id']
    if (method === 'tools/call' && left > 0) {
      left -= 1
      return void request.socket.destroy()
    }
    const known = typeof id === 'string' ? sessions.get(id) : undefined
    if (known === undefined && method !== 'initialize') return void response.writeHead(404).end('no session')
    await (known ?? (await open())).handleRequest(request, response, body)
  }
  const http = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    log,
    get sessions() {
      return sessions.size
    },
    forget: () => sessions.clear(),
    async [Symbol.asyncDispose]() {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
