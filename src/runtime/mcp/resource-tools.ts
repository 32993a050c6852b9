/** The resources of a server as two tools: one lists them, one reads one. */
import type { Client } from '@modelcontextprotocol/client'
import { hashJson } from '../../util/sha256.ts'
import type { JsonObject } from '../../util/json.ts'
import type { RequestLimits } from './list-tools.ts'
import type { McpTool } from './mcp-servers.ts'

const LIST_RESOURCES = 'list_resources'
const READ_RESOURCE = 'read_resource'

/** Those whose names the server does not use itself. They are marked as ours, whatever the server says. */
export function resourceTools(server: string, own: readonly McpTool[]): readonly McpTool[] {
  const used = new Set(own.map(({ name }) => name))
  return [
    resourceTool(server, {
      name: LIST_RESOURCES,
      description: `Lists the resources of ${server}, and the templates of their URIs.`,
      properties: { cursor: { type: 'string', description: 'Where to go on, from an earlier list.' } },
      required: [],
    }),
    resourceTool(server, {
      name: READ_RESOURCE,
      description: `Reads a resource of ${server}.`,
      properties: { uri: { type: 'string', description: 'Of the resource.' } },
      required: ['uri'],
    }),
  ].filter(({ name }) => !used.has(name))
}

type ResourceTool = Pick<McpTool, 'name' | 'description'> & {
  readonly properties: JsonObject
  readonly required: readonly string[]
}

function resourceTool(server: string, { name, description, properties, required }: ResourceTool): McpTool {
  const parameters = { type: 'object', properties, required, additionalProperties: false }
  const definition = hashJson({ name, description, parameters })
  return { server, name, description, parameters, definition, annotations: {}, isOurs: true }
}

/** What a call of one of them gives. */
export async function callResourceTool(
  client: Client,
  name: string,
  args: JsonObject,
  limits: RequestLimits,
): Promise<unknown> {
  const { cursor, uri } = args
  if (name === READ_RESOURCE) {
    if (typeof uri !== 'string') throw new Error('uri is not a text')
    const { contents } = await client.request({ method: 'resources/read', params: { uri } }, limits)
    return contents.map((resource) => ({ type: 'resource', resource }))
  }
  const params = typeof cursor === 'string' ? { cursor } : {}
  const { resources, nextCursor } = await client.request({ method: 'resources/list', params }, limits)
  const templates =
    params.cursor === undefined
      ? await client
          .request({ method: 'resources/templates/list', params: {} }, limits)
          .then(({ resourceTemplates }) => resourceTemplates)
          // A server may have resources and no templates.
          .catch(() => [])
      : []
  const list = { resources, templates, next_cursor: nextCursor ?? null }
  return [{ type: 'text', text: JSON.stringify(list) }]
}
