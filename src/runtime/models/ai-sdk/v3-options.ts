/** A request in the words of version 3 of the AI SDK's specification: files are written otherwise, effort is unknown. */
import type {
  LanguageModelV3CallOptions,
  LanguageModelV3FilePart,
  LanguageModelV3Message,
  LanguageModelV3ToolResultOutput,
  LanguageModelV4CallOptions,
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4ToolResultOutput,
} from '@ai-sdk/provider'
import { ModelFailure } from '../../failures.ts'
import { invariant } from '../../../util/invariant.ts'

/**
 * The same request. The effort of reasoning is left out: version 3 has no word for it.
 *
 * @throws ModelFailure for a file that is known by an id: version 3 takes one only as a tool's result.
 */
export function toV3Options(options: LanguageModelV4CallOptions): LanguageModelV3CallOptions {
  const { reasoning: _, ...rest } = options
  return { ...rest, prompt: options.prompt.map(toV3Message) }
}

function toV3Message(message: LanguageModelV4Message): LanguageModelV3Message {
  switch (message.role) {
    case 'system':
      return message
    case 'user':
      return {
        ...message,
        content: message.content.map((part) => (part.type === 'file' ? toV3File(part) : part)),
      }
    case 'assistant':
      return {
        ...message,
        content: message.content.map((part) => {
          invariant(isPlainPart(part), 'what a model said goes back as text, reasoning and calls')
          return part
        }),
      }
    default:
      return {
        ...message,
        content: message.content.map((part) =>
          part.type === 'tool-result' ? { ...part, output: toV3Output(part.output) } : part,
        ),
      }
  }
}

type AssistantPart = Extract<LanguageModelV4Message, { role: 'assistant' }>['content'][number]

function isPlainPart(
  part: AssistantPart,
): part is Extract<AssistantPart, { type: 'text' | 'reasoning' | 'tool-call' }> {
  return part.type === 'text' || part.type === 'reasoning' || part.type === 'tool-call'
}

function toV3File({ data, mediaType, ...part }: LanguageModelV4FilePart): LanguageModelV3FilePart {
  const whole = mediaType.includes('/') ? mediaType : `${mediaType}/*`
  if (data.type === 'data') return { ...part, mediaType: whole, data: data.data }
  if (data.type === 'url') return { ...part, mediaType: whole, data: data.url }
  throw new ModelFailure('this provider takes a file by its data or url, not by an id')
}

function toV3Output(output: LanguageModelV4ToolResultOutput): LanguageModelV3ToolResultOutput {
  if (output.type !== 'content') return output
  return {
    type: 'content',
    value: output.value.map((part) => {
      if (part.type !== 'file') return part
      const { data, mediaType } = part
      const isImage = mediaType.startsWith('image')
      if (data.type === 'url') return { type: isImage ? 'image-url' : 'file-url', url: data.url.href }
      if (data.type === 'reference')
        return { type: isImage ? 'image-file-id' : 'file-id', fileId: data.reference }
      invariant(data.type === 'data' && typeof data.data === 'string', 'files are sent as base64')
      return { type: isImage ? 'image-data' : 'file-data', data: data.data, mediaType }
    }),
  }
}
