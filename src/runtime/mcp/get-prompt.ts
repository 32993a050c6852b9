/** A prompt of a server as one text. */
import type { Client } from '@modelcontextprotocol/client'
import type { McpPromptDefinition } from '../../compiler/program-mcp.ts'
import { untilAborted } from '../../util/until-aborted.ts'
import type { RequestLimits } from './list-tools.ts'

/** @throws Error when the server has no such prompt, or it has no text. */
export async function promptText(
  client: Client,
  { name, arguments: args = {} }: McpPromptDefinition,
  limits: RequestLimits,
): Promise<string> {
  const request = client.request({ method: 'prompts/get', params: { name, arguments: { ...args } } }, limits)
  const { messages } = await untilAborted(request, limits.signal)
  const texts = messages.flatMap(({ content }) => (content.type === 'text' ? [content.text] : []))
  if (texts.length === 0) throw new Error('it has no text')
  return texts.join('\n\n')
}
