/** The stream prompts are drawn on. */
import { Writable } from 'node:stream'

/** A terminal that does not know its size (0 columns, as in some pseudo-terminals) is taken for one of 80 by 24. */
export function promptOutput(stream: Writable): Writable {
  if (!('columns' in stream) || stream.columns !== 0) return stream
  const output = new Writable({
    write: (chunk, encoding, done) => void stream.write(chunk, encoding, done),
  })
  return Object.assign(output, { columns: 80, rows: 24, isTTY: true })
}
