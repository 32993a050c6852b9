/** A server that is a process of ours: JSON-RPC over its stdin and stdout. It ends with everything it has started. */
import { spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import { setImmediate as immediate, setTimeout as wait } from 'node:timers/promises'
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client'
import { ReadBuffer, serializeMessage } from '@modelcontextprotocol/client'
import { messageOf } from '../../util/message-of.ts'
import { hasGroups, signalGroup } from '../tools/shell/process-group.ts'

export interface StdioServer {
  readonly command: string
  readonly args: readonly string[]
  /** Everything it sees of the environment. */
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
}

/** Bytes of one message, and of what may wait to be read by the server. */
const MOST_BYTES = 10 * 1024 * 1024

/** Milliseconds from closing its stdin to asking a server to end, and from there to ending it. */
const PATIENCE = 1000

/** Characters of what it said on stderr, kept for messages. */
const MOST_COMPLAINT = 4000

type Child = ChildProcessByStdio<Writable, Readable, Readable>

export interface StdioTransport extends Transport {
  /** The line of what the server wrote to stderr that says most, or what it did wrong. */
  readonly complaint: () => string
}

/** Starts the process once the client connects. It is never run by a shell. */
export function createStdioTransport(server: StdioServer): StdioTransport {
  const buffer = new ReadBuffer({ maxBufferSize: MOST_BYTES })
  let child: Child | null = null
  let complaint = ''
  let problem = ''
  let closing: Promise<void> | null = null
  let pumping: Promise<void> = Promise.resolve()
  const transport: StdioTransport = {
    complaint: () => (problem === '' ? tellingLine(complaint) : problem),
    async start() {
      const started = startProcess(server)
      child = started
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        complaint = `${complaint}${text}`.slice(-MOST_COMPLAINT)
      })
      for (const stream of [child.stdin, child.stdout, child.stderr]) {
        stream.on('error', (error: Error) => transport.onerror?.(error))
      }
      child.stdout.on('data', (chunk: Buffer) => receive(chunk))
      // What it has started may hold its stdout open.
      child.once('exit', () => signalGroup(started, 'SIGKILL'))
      child.once('close', () => void pumping.then(() => transport.onclose?.()))
      await spawned(child, server)
    },
    async send(message) {
      if (child === null || closing !== null) throw new Error('the server is not connected')
      if (child.stdin.writableLength > MOST_BYTES) {
        void transport.close()
        throw new Error('the server does not read what it is sent')
      }
      await write(child.stdin, serializeMessage(message))
    },
    close: () => (closing ??= child === null ? Promise.resolve() : endProcess(child)),
  }
  const receive = (chunk: Buffer): void => {
    try {
      buffer.append(chunk)
    } catch {
      problem = `a line of more than ${MOST_BYTES} bytes`
      return void transport.close()
    }
    pumping = pumping.then(pump)
  }
  // The client looks at what it is told only after the answers that came with it: it gets one after the other.
  const pump = async (): Promise<void> => {
    for (;;) {
      const message = nextMessage(buffer, (error) => transport.onerror?.(error))
      if (message === null) return
      try {
        transport.onmessage?.(message)
      } catch (error) {
        transport.onerror?.(new Error(messageOf(error)))
      }
      if ('method' in message) await immediate()
    }
  }
  return transport
}

/** Waits while the server does not keep up. */
async function write(stdin: Writable, text: string): Promise<void> {
  if (stdin.write(text)) return
  await Promise.race([
    new Promise((resolve) => stdin.once('drain', resolve)),
    new Promise((resolve) => stdin.once('close', resolve)),
  ])
}

/** The first line that names an error, else the last one. */
function tellingLine(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return (lines.find((line) => /error/i.test(line) && !/^\s*at /.test(line)) ?? lines.at(-1) ?? '').trim()
}

/** Lines that are no messages are noise; they are passed over. */
function nextMessage(buffer: ReadBuffer, onNoise: (error: Error) => void): JSONRPCMessage | null {
  for (;;) {
    try {
      return buffer.readMessage()
    } catch (error) {
      onNoise(new Error(`the server wrote what is no message: ${messageOf(error)}`))
    }
  }
}

/** A group of its own: a Ctrl-C is for the run, which ends its servers itself. */
function startProcess({ command, args, env, cwd }: StdioServer): Child {
  return spawn(command, [...args], {
    cwd,
    env: { ...env },
    shell: false,
    detached: hasGroups,
    windowsHide: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

function spawned(child: Child, { command, cwd }: StdioServer): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve())
    child.once('error', (error) =>
      reject(new Error(`"${command}" could not be started in ${cwd}: ${messageOf(error)}`)),
    )
  })
}

/** Its stdin is closed first, then it is asked to end, then it must; whatever it has started ends with it. */
async function endProcess(child: Child): Promise<void> {
  const ended = new Promise<boolean>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) resolve(true)
    child.once('exit', () => resolve(true))
  })
  const patience = new AbortController()
  const within = (): Promise<boolean> =>
    Promise.race([ended, wait(PATIENCE, false, { signal: patience.signal })])
  child.stdin.end()
  try {
    if (!(await within())) {
      signalGroup(child, 'SIGTERM')
      await within()
    }
  } finally {
    patience.abort()
    signalGroup(child, 'SIGKILL')
  }
  await ended
  child.stdin.destroy()
  child.stdout.destroy()
  child.stderr.destroy()
}
