/** The tools a server lists, page by page and within limits: whoever wrote it may not mean well. */
import type { Client } from '@modelcontextprotocol/client'
import { isDeeperThan } from '../../util/json-depth.ts'
import { isJsonObject, parseJson } from '../../util/json.ts'
import type { JsonObject } from '../../util/json.ts'
import { hashJson } from '../../util/sha256.ts'
import type { McpTool } from './mcp-servers.ts'

/** More than any model takes. */
const MOST_TOOLS = 1000

/** Pages of one list. */
const MOST_PAGES = 100

/** Characters of what is said of one tool, as JSON. */
const MOST_CHARACTERS = 256 * 1024

/** Levels of a schema. */
const DEEPEST = 64

export interface RequestLimits {
  readonly signal: AbortSignal
  /** Milliseconds. */
  readonly timeout: number
}

/** @throws Error when a page fails, a page is the same as one before, or the list is beyond a limit. */
export async function listTools(
  client: Client,
  server: string,
  limits: RequestLimits,
): Promise<readonly McpTool[]> {
  const tools = new Map<string, McpTool>()
  const cursors = new Set<string>()
  for (let cursor: string | undefined; ;) {
    const params = cursor === undefined ? {} : { cursor }
    const page = await client.request({ method: 'tools/list', params }, limits)
    for (const tool of page.tools) add(tools, readTool(server, tool))
    cursor = page.nextCursor
    if (cursor === undefined) return [...tools.values()]
    if (cursors.has(cursor)) throw new Error('its list of tools has no end: it gave one cursor twice')
    cursors.add(cursor)
    if (cursors.size >= MOST_PAGES) throw new Error(`its list of tools has more than ${MOST_PAGES} pages`)
  }
}

function add(tools: Map<string, McpTool>, tool: McpTool): void {
  if (tools.has(tool.name)) throw new Error(`it lists the tool ${JSON.stringify(tool.name)} twice`)
  if (tools.size >= MOST_TOOLS) throw new Error(`it lists more than ${MOST_TOOLS} tools`)
  tools.set(tool.name, tool)
}

function readTool(server: string, listed: object): McpTool {
  const tool = parseJson(JSON.stringify(listed))
  if (!isJsonObject(tool)) throw new Error('it lists what is no tool')
  const { name, description, inputSchema, outputSchema, annotations } = tool
  if (typeof name !== 'string' || name === '' || name.length > 256)
    throw new Error('it lists a tool without a usable name')
  const parameters = { type: 'object', properties: {}, ...(isJsonObject(inputSchema) ? inputSchema : {}) }
  const text = typeof description === 'string' ? description : ''
  const besides = {
    ...(isJsonObject(outputSchema) ? { output_schema: outputSchema } : {}),
    annotations: isJsonObject(annotations) ? annotations : {},
  }
  checkSize(name, { text, parameters, ...besides })
  return {
    server,
    name,
    description: text,
    parameters,
    definition: hashJson({ name, description: text, parameters }),
    ...besides,
  }
}

function checkSize(name: string, said: JsonObject): void {
  const length = JSON.stringify(said).length
  if (length > MOST_CHARACTERS) {
    throw new Error(
      `its tool ${JSON.stringify(name)} has a description and schema of ${length} characters; at most ${MOST_CHARACTERS} are allowed`,
    )
  }
  if (isDeeperThan(said, DEEPEST))
    throw new Error(`the schema of its tool ${JSON.stringify(name)} has more than ${DEEPEST} levels`)
}
