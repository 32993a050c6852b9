/** An MCP server over stdio, written by hand so that it can misbehave: the first argument says how. */
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

const [how = 'good', folder = '.'] = process.argv.slice(2)

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: {
    readonly name?: string
    readonly cursor?: string
    readonly protocolVersion?: string
  } & Record<string, unknown>
}

const send = (message: object): void =>
  void process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
const log = (line: string): void => appendFileSync(`${folder}/server.log`, `${line}\n`)
const description = (): string =>
  existsSync(`${folder}/description`) ? readFileSync(`${folder}/description`, 'utf8') : 'Adds a note'

const tool = (name: string, given: object = {}): object => ({
  name,
  description: description(),
  inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  ...given,
})

/** What a test has written down: as many tools as it likes, with any keys; a call may change it, and says so. */
function toolsInFile(): readonly object[] {
  const after = `${folder}/tools-after-a-call.json`
  const path = lastCall > 0 && existsSync(after) ? after : `${folder}/tools.json`
  const given = JSON.parse(readFileSync(path, 'utf8')) as readonly { readonly name: string }[]
  return given.map(({ name, ...keys }) => tool(name, keys))
}

function list(cursor: string | undefined): object {
  switch (how) {
    case 'many':
      return {
        tools: Array.from({ length: 100_000 }, (_, index) => ({
          name: `t${index}`,
          inputSchema: { type: 'object' },
        })),
      }
    case 'huge':
      return { tools: [tool('note', { description: 'x'.repeat(11_000_000) })] }
    case 'pages':
      return cursor === undefined ? { tools: [tool('first')], nextCursor: 'b' } : { tools: [tool('second')] }
    case 'optional': {
      const properties = { text: { type: 'string' }, tags: { type: 'array', items: { type: 'string' } } }
      return { tools: [tool('note', { inputSchema: { type: 'object', properties, required: ['text'] } })] }
    }
    case 'hiding': {
      const properties = { text: { type: 'string', 'x-sensitive': true } }
      return { tools: [tool('note', { inputSchema: { type: 'object', properties } })] }
    }
    case 'changes':
      return { tools: [tool('note'), ...(lastCall === 0 ? [] : [tool('more')])] }
    case 'listed':
      return { tools: toolsInFile() }
    case 'endless':
      return { tools: [], nextCursor: `${Number(cursor ?? 0) + 1}` }
    case 'circle':
      return { tools: [], nextCursor: 'again' }
    case 'twice':
      return { tools: [tool('note'), tool('note')] }
    case 'giant':
      return { tools: [tool('note', { description: 'x'.repeat(300_000) })] }
    default:
      return { tools: [tool('note'), tool('read/it', { description: 'Reads' })] }
  }
}

function call(id: number, params: NonNullable<Message['params']>): void {
  log(`call ${JSON.stringify(params)}`)
  const count = readFileSync(`${folder}/server.log`, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('call')).length
  if (how === 'exits' || how === 'dying-parent' || (how === 'exits-once' && count === 1)) process.exit(3)
  if (how === 'silent') return
  if (how === 'flood') {
    const line = Buffer.alloc(64 * 1024, 'x')
    const pour = (): void => {
      while (process.stdout.write(line));
      process.stdout.once('drain', pour)
    }
    return pour()
  }
  if (how === 'noise') process.stdout.write('Listening on nothing at all\n{"not": "a message"}\n\n')
  if (how === 'reused') send({ id, result: { content: [{ type: 'text', text: 'first' }] } })
  if (how === 'asks') {
    process.stdout.write(
      `${JSON.stringify({ jsonrpc: '2.0', id: 'mine', method: 'sampling/createMessage', params: { messages: [], maxTokens: 1 } })}\n`,
    )
    return
  }
  const token = (params['_meta'] as { progressToken?: number } | undefined)?.progressToken
  if (token !== undefined) {
    send({
      method: 'notifications/progress',
      params: { progressToken: token, progress: 1, total: 2, message: 'half' },
    })
  }
  if (how === 'changes' || how === 'listed') send({ method: 'notifications/tools/list_changed' })
  if (how === 'refuses') {
    return send({ id, result: { isError: true, content: [{ type: 'text', text: 'No such note' }] } })
  }
  send({
    id,
    result: { content: [{ type: 'text', text: 'noted' }], structuredContent: { id: count } },
  })
}

log(`start ${process.pid}`)
if (how === 'stays') {
  process.on('SIGTERM', () => {})
  setInterval(() => {}, 1000)
}
if (how === 'parent' || how === 'dying-parent') {
  const { pid } = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' })
  log(`start ${pid}`)
}
if (how === 'never') setInterval(() => {}, 1000)

createInterface({ input: process.stdin }).on('line', (line) => {
  if (how === 'never') return
  const message = JSON.parse(line) as Message & { readonly error?: { readonly message: string } }
  const { id, method, params = {} } = message
  if (method === 'notifications/cancelled') log('cancelled')
  if (how === 'asks' && message.error !== undefined) {
    log(`refused ${message.error.message}`)
    send({ id: lastCall, result: { content: [{ type: 'text', text: 'refused' }] } })
  }
  if (id === undefined) return
  if (method === 'initialize') {
    send({
      id,
      result: {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: { listChanged: true }, prompts: {} },
        serverInfo: { name: 'notes', version: process.env['NOTES_VERSION'] ?? '1.2.3' },
      },
    })
  } else if (method === 'tools/list') {
    log('list')
    send({ id, result: list(params.cursor) })
  } else if (method === 'tools/call') {
    lastCall = id
    call(id, params)
  } else if (method === 'prompts/get') {
    send({ id, result: { messages: [{ role: 'user', content: { type: 'text', text: 'Be a pirate.' } }] } })
  }
})

let lastCall = 0
