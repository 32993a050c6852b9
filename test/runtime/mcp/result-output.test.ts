import { expect, test } from 'vitest'
import type { Json } from '../../../src/util/json.ts'
import { resultOutput } from '../../../src/runtime/mcp/result-output.ts'
import { outputOf } from '../../../src/runtime/tools/tool-output.ts'

const text = { type: 'text', text: 'hello' }
const image = { type: 'image', mimeType: 'image/png', data: 'AAAA' }
const audio = { type: 'audio', mimeType: 'audio/wav', data: 'AAAA' }
const note = { type: 'resource', resource: { uri: 'file:///a.txt', mimeType: 'text/plain', text: 'hi' } }
const pdf = {
  type: 'resource',
  resource: { uri: 'file:///a.pdf', mimeType: 'application/pdf', blob: 'AAAA' },
}
const picture = { type: 'resource', resource: { uri: 'x:/p', mimeType: 'image/png', blob: 'AAAA' } }
const asImage = { type: 'input_image', image_url: 'data:image/png;base64,AAAA' }

test.each<readonly [string, Json | undefined, unknown]>([
  ['one text', [text], 'hello'],
  ['nothing', [], ''],
  ['no content at all', undefined, ''],
  ['an image', [image], [asImage]],
  ['a picture that is a resource', [picture], [asImage]],
  [
    'a PDF',
    [pdf],
    [{ type: 'input_file', file_data: 'data:application/pdf;base64,AAAA', filename: 'a.pdf' }],
  ],
  ['other resources, as JSON', [note], JSON.stringify(note)],
  ['sound, as JSON', [audio], JSON.stringify(audio)],
  ['several blocks', [text, image], [{ type: 'input_text', text: 'hello' }, asImage]],
  [
    'blocks without a meaning',
    [{ type: 'image' }, null],
    [
      { type: 'input_text', text: '{"type":"image"}' },
      { type: 'input_text', text: 'null' },
    ],
  ],
])('%s', (_, content, expected) => {
  expect(outputOf(resultOutput(content, undefined))).toEqual(expected)
})

test('structured content stands in the place of the blocks, unless it is empty', () => {
  expect(resultOutput([text], { id: 1 })).toBe('{"id":1}')
  expect(resultOutput([text], {})).toBe('hello')
})
