/** The one server of the comparison: an OpenAI-compatible Responses API that plays scripts. A process of its own. */
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as tick, setTimeout as wait } from 'node:timers/promises'
import { answerTo, readModel, streamEvents } from './script.ts'
import type { Stream } from './script.ts'

/** Long enough that a client has handed the first token out before the rest comes. */
const LATE_MS = 20

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks).toString()
  const model = /"model":"([^"]+)"/.exec(body)?.[1] ?? ''
  if (!body.includes('"name":"look_up"') || !body.includes('You look orders up'))
    throw new Error('a request without its tools or its instructions')
  const script = readModel(model)
  if ('tokens' in script) return stream(script, model, response)
  const outputs = body.split('function_call_output').length - 1
  const text = JSON.stringify(answerTo(script, model, outputs))
  response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': 'req_1' }).end(text)
}

async function stream(given: Stream, model: string, response: ServerResponse): Promise<void> {
  const { head, tokens, tail } = streamEvents(given, model)
  response.socket?.setNoDelay(true)
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-request-id': 'req_1' })
  if (given.writes === 'one') {
    response.end(head + tokens.join('') + tail)
    return
  }
  response.write(head)
  for (const [index, token] of tokens.entries()) {
    response.write(token)
    await (given.writes === 'late' && index === 0 ? wait(LATE_MS) : tick())
  }
  response.end(tail)
}

const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
  serve(request, response).catch((error: unknown) => {
    console.error(error)
    response.writeHead(400).end(JSON.stringify({ error: { message: String(error) } }))
  })
})
server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () =>
  process.send?.((server.address() as AddressInfo).port),
)
process.on('disconnect', () => process.exit())
