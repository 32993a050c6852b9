import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSseDecoder } from '../../../src/runtime/models/openai/sse.ts'

/** The data of all events of a text that arrives in pieces. */
function decode(...pieces: readonly string[]): readonly string[] {
  const decoder = createSseDecoder()
  return [...pieces.flatMap((piece) => decoder.push(piece)), ...decoder.end()]
}

test('an event is its data lines, up to a blank line', () => {
  expect(decode('data: a\n\ndata: b\ndata: c\n\n')).toEqual(['a', 'b\nc'])
})

test('only one space after the colon is not part of the data', () => {
  expect(decode('data:a\n\ndata:  b\n\n')).toEqual(['a', ' b'])
})

test('lines may end in CRLF', () => {
  expect(decode('data: a\r\ndata: b\r\n\r\n')).toEqual(['a\nb'])
  expect(decode('data: a\r', '\n\r', '\n')).toEqual(['a'])
})

test('comments and other fields are skipped', () => {
  expect(decode(': ping\n\nevent: x\nid: 1\nretry: 2\ndata: a\n\n: ping\n\n')).toEqual(['a'])
})

test('the end of the stream completes an event without its last blank line', () => {
  expect(decode('data: a\n\ndata: b')).toEqual(['a', 'b'])
  expect(decode('data: a\n')).toEqual(['a'])
})

test('where the pieces are cut changes nothing', () => {
  const line = fc.constantFrom('data: {"a":1}', 'data:', 'data: ä👩‍🚀', 'event: x', ': ping', '', '')
  const text = fc
    .tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n'))
    .map(([lines, end]) => lines.join(end))
  fc.assert(
    fc.property(text, fc.array(fc.nat(40), { maxLength: 20 }), (whole, sizes) => {
      const pieces: string[] = []
      let rest = whole
      for (const size of sizes) {
        pieces.push(rest.slice(0, size))
        rest = rest.slice(size)
      }
      expect(decode(...pieces, rest)).toEqual(decode(whole))
    }),
  )
})
