/** Images, documents and sound of the Responses API as the file parts of the AI SDK. */
import type { LanguageModelV4FilePart } from '@ai-sdk/provider'
import { ModelFailure } from '../../failures.ts'
import type { Json, JsonObject } from '../../../util/json.ts'

/** A file in the words of the AI SDK, without the options of a part. */
export type FileContent = Pick<LanguageModelV4FilePart, 'type' | 'data' | 'mediaType' | 'filename'>

/** Media types by the ending of a file's name, for data that does not say its own. */
const TYPES: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  json: 'application/json',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
}

/**
 * A content part that is a file: `input_image`, `input_file`, `input_audio`. A file known only by its id is given with the
 * id at this provider. The `detail` of an image is left out: there is no common word for it.
 *
 * @param provider the provider's name for itself, for ids of its files
 * @throws ModelFailure for a part that says neither data, url nor id, or is of another type.
 */
export function filePart(part: JsonObject, provider: string): FileContent {
  switch (part['type']) {
    case 'input_image':
      return imagePart(part, provider)
    case 'input_file':
      return documentPart(part, provider)
    case 'input_audio':
      return audioPart(part)
    default:
      throw new ModelFailure(
        `an AI SDK provider takes no part of type ${JSON.stringify(part['type'] ?? null)}`,
      )
  }
}

function imagePart({ image_url: url, file_id: id }: JsonObject, provider: string): FileContent {
  if (typeof url === 'string') return fromAddress(url, 'image')
  if (typeof id === 'string') return fromId(id, 'image', provider)
  throw new ModelFailure('an image has neither "image_url" nor "file_id"')
}

function documentPart(part: JsonObject, provider: string): FileContent {
  const { file_data: data, file_url: url, file_id: id, filename } = part
  const named = typeof filename === 'string' ? { filename } : {}
  const type = typeOfName(filename) ?? typeOfName(url) ?? 'application/pdf'
  if (typeof data === 'string') return { ...fromData(data, type), ...named }
  if (typeof url === 'string') return { ...fromAddress(url, type), ...named }
  if (typeof id === 'string') return { ...fromId(id, type, provider), ...named }
  throw new ModelFailure('a file has none of "file_data", "file_url" and "file_id"')
}

function audioPart({ input_audio: audio }: JsonObject): FileContent {
  if (typeof audio === 'object' && audio !== null && 'data' in audio && typeof audio.data === 'string') {
    const format = 'format' in audio ? audio.format : undefined
    return fromData(audio.data, format === 'wav' ? 'audio/wav' : 'audio/mpeg')
  }
  throw new ModelFailure('sound has no "data"')
}

function fromAddress(address: string, type: string): FileContent {
  if (address.startsWith('data:')) return fromData(address, type)
  const url = URL.parse(address)
  if (url?.protocol === 'https:' || url?.protocol === 'http:') {
    return { type: 'file', mediaType: type, data: { type: 'url', url } }
  }
  throw new ModelFailure(`${JSON.stringify(address.slice(0, 80))} is not the http(s) or data url of a file`)
}

/** Base64, alone or as a data url that says its type. */
function fromData(text: string, type: string): FileContent {
  const known = /^data:([^;,]*)((?:;[^,]*)?),/.exec(text)
  if (known === null) return { type: 'file', mediaType: type, data: { type: 'data', data: text } }
  const [head, mediaType = '', options = ''] = known
  const rest = text.slice(head.length)
  const isBase64 = options.endsWith(';base64')
  const data = isBase64 ? rest : Buffer.from(decodeURIComponent(rest)).toString('base64')
  return { type: 'file', mediaType: mediaType === '' ? type : mediaType, data: { type: 'data', data } }
}

function fromId(id: string, mediaType: string, provider: string): FileContent {
  return { type: 'file', mediaType, data: { type: 'reference', reference: { [provider]: id } } }
}

function typeOfName(name: Json | undefined): string | undefined {
  const ending = typeof name === 'string' ? /\.(\w+)(?:[?#].*)?$/.exec(name)?.[1] : undefined
  return ending === undefined ? undefined : TYPES[ending.toLowerCase()]
}
