/** Files beside the input (`--attach`): images and documents, as content parts of the message. */
import { readFile, stat } from 'node:fs/promises'
import { basename, extname, resolve } from 'node:path'
import { Option } from 'commander'
import { UsageFailure } from '../../runtime/failures.ts'
import { userMessage } from '../../runtime/state/item.ts'
import type { Item } from '../../runtime/state/item.ts'
import type { JsonObject } from '../../util/json.ts'
import { fileProblem } from '../values.ts'

/** Of all files of one input together: they are journaled with it, and sent with every turn. */
const MOST_BYTES = 20 * 1024 * 1024

export function attachOption(): Option {
  return new Option('--attach <file>', 'an image or a document beside the input; can be repeated').argParser<
    readonly string[] | undefined
  >((value, former) => [...(former ?? []), value])
}

/**
 * What a message holds besides its text.
 *
 * @throws UsageFailure `file_not_found`, `file_too_large`, `file_not_usable`.
 */
export async function readAttachments(files: readonly string[], cwd: string): Promise<readonly JsonObject[]> {
  const parts: JsonObject[] = []
  let bytes = 0
  for (const file of files) {
    const path = resolve(cwd, file)
    const found = await stat(path).catch((error: unknown) => unreadable(file, error))
    if (!found.isFile()) unreadable(file, new Error('it is no file'))
    bytes += found.size
    if (bytes > MOST_BYTES) throw tooLarge(file)
    parts.push(partOf(file, await readFile(path).catch((error: unknown) => unreadable(file, error))))
  }
  return parts
}

/** The input as it is without attachments, else a message of both. */
export function withAttachments(input: string, parts: readonly JsonObject[]): string | readonly Item[] {
  if (parts.length === 0) return input
  return [{ ...userMessage(input), content: [{ type: 'input_text', text: input }, ...parts] }]
}

function unreadable(file: string, error: unknown): never {
  throw new UsageFailure('file_not_found', `--attach: ${file} cannot be read: ${fileProblem(error)}`)
}

function tooLarge(file: string): UsageFailure {
  return new UsageFailure(
    'file_too_large',
    `--attach: with ${file} the attachments have more than ${MOST_BYTES / 1024 / 1024} MiB`,
    'Attach less, or let a tool read the file',
  )
}

/** By what the file is, not by what it is called; only office documents are told apart by their names. */
function partOf(file: string, bytes: Buffer): JsonObject {
  const filename = basename(file)
  const image = IMAGES.find(({ isOne }) => isOne(bytes))
  if (image !== undefined)
    return { type: 'input_image', image_url: dataUrl(image.type, bytes), detail: 'auto' }
  const document = bytes.subarray(0, 5).equals(Buffer.from('%PDF-'))
    ? 'application/pdf'
    : OFFICE.get(extname(filename).toLowerCase())
  if (document !== undefined) return { type: 'input_file', filename, file_data: dataUrl(document, bytes) }
  const text = textOf(bytes)
  if (text !== null) return { type: 'input_text', text: `File ${filename}:\n\n${text}` }
  throw new UsageFailure(
    'file_not_usable',
    `--attach: ${file} is neither an image (PNG, JPEG, GIF, WebP) nor a document (PDF, Office, text)`,
    'Let a tool read the file',
  )
}

const IMAGES: readonly { readonly type: string; readonly isOne: (bytes: Buffer) => boolean }[] = [
  { type: 'image/png', isOne: startsWith('89504e470d0a1a0a') },
  { type: 'image/jpeg', isOne: startsWith('ffd8ff') },
  { type: 'image/gif', isOne: startsWith('47494638') },
  {
    type: 'image/webp',
    isOne: (bytes) => startsWith('52494646')(bytes) && bytes.toString('latin1', 8, 12) === 'WEBP',
  },
]

const OFFICE: ReadonlyMap<string, string> = new Map([
  ['.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['.xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['.pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
])

function startsWith(hex: string): (bytes: Buffer) => boolean {
  return (bytes) => bytes.toString('hex', 0, hex.length / 2) === hex
}

function dataUrl(type: string, bytes: Buffer): string {
  return `data:${type};base64,${bytes.toString('base64')}`
}

/** `null` for what is no text. */
function textOf(bytes: Buffer): string | null {
  if (bytes.includes(0)) return null
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
