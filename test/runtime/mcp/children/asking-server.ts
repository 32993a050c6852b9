/**
 * An MCP server of the 2.x SDK, for both generations of the protocol, whose tools ask before they do something: over stdio, or
 * over HTTP with `http`, then its first line is the URL. What it does is in the file of the first argument.
 */
import { appendFileSync, existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { toNodeHandler } from '@modelcontextprotocol/node'
import {
  acceptedContent,
  createMcpHandler,
  fromJsonSchema,
  inputRequired,
  McpServer,
} from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'

const [log = 'server.log', how = 'stdio', mode = 'stateless'] = process.argv.slice(2)
const say = (line: string): void => appendFileSync(log, `${line}\n`)
const text = (words: string): { content: { type: 'text'; text: string }[] } => ({
  content: [{ type: 'text', text: words }],
})

const deploying = existsSync(`${log}.changed`) ? 'Deploys, and deletes' : 'Deploys'

const CONFIRM = fromJsonSchema<{ readonly sure: boolean; readonly note?: string }>({
  type: 'object',
  properties: {
    sure: { type: 'boolean', title: 'Sure?' },
    note: { type: 'string', maxLength: 10, default: 'none' },
  },
  required: ['sure'],
})
const ENV = fromJsonSchema<{ readonly env: string }>({
  type: 'object',
  properties: { env: { type: 'string' } },
  required: ['env'],
})

function create(): McpServer {
  const server = new McpServer({ name: 'asking', version: '2.0.0' }, { capabilities: { tools: {} } })
  server.registerTool('deploy', { description: deploying, inputSchema: ENV }, async ({ env }, ctx) => {
    const given = ctx.mcpReq.inputResponses?.['confirm']
    say(`deploy ${env} ${given === undefined ? 'asks' : JSON.stringify(given)}`)
    if (given === undefined) {
      return inputRequired({
        inputRequests: {
          confirm: inputRequired.elicit({ message: `Deploy to ${env}?`, requestedSchema: CONFIRM }),
        },
      })
    }
    const answer = acceptedContent(ctx.mcpReq.inputResponses, 'confirm', CONFIRM)
    return text(answer?.sure === true ? `deployed to ${env}: ${answer.note}` : 'not deployed')
  })
  server.registerTool('think', { description: 'Thinks', inputSchema: ENV }, () =>
    inputRequired({
      inputRequests: {
        thought: inputRequired.createMessage({
          messages: [{ role: 'user', content: { type: 'text', text: 'Well?' } }],
          maxTokens: 5,
        }),
      },
    }),
  )
  server.registerTool('nag', { description: 'Nags', inputSchema: ENV }, async (_, ctx) => {
    for (;;) {
      // The way of the older generation, which servers still use.
      // oxlint-disable-next-line typescript/no-deprecated
      const { action } = await ctx.mcpReq.elicitInput({
        message: 'And now?',
        requestedSchema: { type: 'object', properties: {} },
      })
      say(`nag ${action}`)
      if (action === 'cancel') return text('cancelled')
    }
  })
  server.registerTool('wait', { description: 'Takes its time', inputSchema: ENV }, async ({ env }) => {
    await new Promise((resolve) => setTimeout(resolve, 300))
    say(`waited ${env}`)
    return text(`waited ${env}`)
  })
  server.registerTool('secrets', { description: 'Reports', inputSchema: ENV }, ({ env }, ctx) => {
    say(`meta ${JSON.stringify(ctx.mcpReq._meta)}`)
    return text(`seen ${env}`)
  })
  return server
}

if (how === 'stdio') serveStdio(create)
else {
  const handler = createMcpHandler(create, mode === 'modern' ? { legacy: 'reject' } : {})
  const http = createServer((request, response) => {
    const { method = 'GET', url = '/', headers } = request
    void toNodeHandler(handler)(Object.assign(request, { method, url, headers }), response)
  })
  http.listen(0, '127.0.0.1', () => {
    const address = http.address()
    if (address !== null && typeof address === 'object') console.log(`http://127.0.0.1:${address.port}/mcp`)
  })
}
