/** Speaks with `yaml-language-server`, the engine of VS Code's YAML extension, as an editor does. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { isJsonObject } from '../../src/util/json.ts'
import type { JsonObject } from '../../src/util/json.ts'

export interface LanguageServer extends AsyncDisposable {
  /** The answer to a request. */
  request(method: string, params: object): Promise<unknown>
  notify(method: string, params: object): void
  /** The next notification of a method that fits; one that came before this call counts, too. */
  notified(method: string, fits: (params: unknown) => boolean): Promise<unknown>
}

const BIN = fileURLToPath(
  new URL('../../node_modules/yaml-language-server/bin/yaml-language-server', import.meta.url),
)

/** Starts a server that knows no schemas but those that documents name. */
export async function startLanguageServer(): Promise<LanguageServer> {
  const child = spawn(process.execPath, [BIN, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const closed = new Promise((resolve) => child.once('close', resolve))
  const answers = new Map<number, (result: unknown) => void>()
  const notifications: JsonObject[] = []
  const waiting = new Set<() => void>()

  const send = (message: object): void => {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }))
    child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`)
    child.stdin.write(body)
  }
  const receive = (message: JsonObject): void => {
    const { id, method } = message
    if (method === undefined && typeof id === 'number')
      answers.get(id)?.(message['result'] ?? message['error'])
    // It asks for settings and the like: none.
    else if (id !== undefined) send({ id, result: null })
    else notifications.push(message)
    for (const look of waiting) look()
  }
  readMessages(child.stdout, receive)

  const server: LanguageServer = {
    request: async (method, params) => {
      const id = answers.size + 1
      const answer = new Promise((resolve) => answers.set(id, resolve))
      send({ id, method, params })
      return await answer
    },
    notify: (method, params) => send({ method, params }),
    notified: async (method, fits) => {
      const { promise, resolve } = Promise.withResolvers<unknown>()
      const look = (): void => {
        const found = notifications.find((one) => one['method'] === method && fits(one['params']))
        if (found !== undefined) resolve(found['params'])
      }
      waiting.add(look)
      look()
      return await promise.finally(() => waiting.delete(look))
    },
    [Symbol.asyncDispose]: async () => {
      await server.request('shutdown', {})
      server.notify('exit', {})
      await closed
    },
  }
  await initialize(server)
  return server
}

async function initialize(server: LanguageServer): Promise<void> {
  const textDocument = {
    completion: { completionItem: { documentationFormat: ['markdown'] } },
    hover: { contentFormat: ['markdown'] },
    publishDiagnostics: {},
  }
  await server.request('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: { textDocument },
  })
  server.notify('initialized', {})
  server.notify('workspace/didChangeConfiguration', {
    settings: { yaml: { validate: true, hover: true, completion: true, schemaStore: { enable: false } } },
  })
}

/** Cuts a stream into messages: a header with the length of the body, an empty line, the body. */
function readMessages(stream: NodeJS.ReadableStream, receive: (message: JsonObject) => void): void {
  let rest = Buffer.alloc(0)
  stream.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    for (;;) {
      const head = rest.indexOf('\r\n\r\n')
      const length = Number(/Content-Length: (\d+)/i.exec(rest.toString('latin1', 0, Math.max(0, head)))?.[1])
      if (head < 0 || rest.length < head + 4 + length) return
      const message: unknown = JSON.parse(rest.toString('utf8', head + 4, head + 4 + length))
      rest = rest.subarray(head + 4 + length)
      if (isJsonObject(message)) receive(message)
    }
  })
}
