/**
 * Preloaded (`node --import`) into a child process: its pipes then look like a terminal, so that prompts can be tested
 * where there is no pseudo-terminal. Keys arrive as a terminal in raw mode sends them. A terminal has one screen: what both
 * streams write goes to descriptor 3 too, in the order it was written, which two pipes cannot tell.
 */
import { writeSync } from 'node:fs'

const SCREEN = 3

const size = { isTTY: true, columns: 100, rows: 40 }
Object.assign(process.stdin, { isTTY: true, setRawMode: () => process.stdin })
Object.assign(process.stdout, size)
Object.assign(process.stderr, size)
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write.bind(stream) as (...args: readonly unknown[]) => boolean
  stream.write = (chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
    writeSync(SCREEN, Buffer.from(chunk as string))
    return write(chunk, ...rest)
  }
}
