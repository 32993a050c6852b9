/** One call of a tool of an MCP server: its meta values, its time, and what is tried again. */
import { SdkError, SdkErrorCode } from '@modelcontextprotocol/client'
import type { Client } from '@modelcontextprotocol/client'
import type { McpServerDefinition } from '../../compiler/program-mcp.ts'
import { isJsonObject, parseJson } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import { messageOf } from '../../util/message-of.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import { UnansweredQuestion } from '../state/elicitation.ts'
import { ErrorOutput } from '../tools/error-output.ts'
import type { ToolContext } from '../tools/tool-context.ts'
import type { McpCall } from './mcp-servers.ts'
import { neededPages, requestTool, TooManyQuestions } from './request-tool.ts'
import { callResourceTool } from './resource-tools.ts'
import { resultOutput } from './result-output.ts'
import type { ServerConnection } from './server-connection.ts'

/** The longest wait before a call is tried again, in milliseconds. */
const LONGEST_WAIT = 60_000

export interface CallPorts {
  readonly spec: LinkedSpec
  readonly definition: McpServerDefinition
  readonly connection: ServerConnection
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
}

/**
 * What the tool gives. A result that says it is an error is an `ErrorOutput`; it is no failure and is not tried again.
 *
 * @throws the reason of `ctx.signal` once it is aborted: the server is told that the call is off. UnansweredQuestion. Error
 *   with what went wrong.
 */
export async function callTool(ports: CallPorts, call: McpCall, ctx: ToolContext): Promise<unknown> {
  const { definition, connection } = ports
  const meta = await metaValues(ports, call, ctx)
  for (let attempt = 0; ; attempt++) {
    try {
      return await tryCall(ports, call, meta, ctx)
    } catch (error) {
      ctx.signal.throwIfAborted()
      if (error instanceof UnansweredQuestion || error instanceof TooManyQuestions) throw error
      if (isLost(error)) connection.drop()
      const { max_retry_attempts: most, retry_backoff_seconds_base: base } = definition
      if (most >= 0 && attempt >= most) throw new Error(describe(error, call, ports), { cause: error })
      await ports.sleep(Math.min(LONGEST_WAIT, base * 1000 * 2 ** Math.min(attempt, 20)), ctx.signal)
    }
  }
}

async function tryCall(
  { spec, definition, connection }: CallPorts,
  call: McpCall,
  meta: JsonObject,
  ctx: ToolContext,
): Promise<unknown> {
  const tool = connection.lastTools().find(({ name }) => name === call.tool)
  const { timeout } = definition
  const { signal, progress } = ctx
  if (tool?.isOurs === true) {
    const limits = { signal, timeout, maxTotalTimeout: timeout }
    const read = (client: Client): Promise<unknown> =>
      callResourceTool(client, call.tool, call.arguments, limits)
    return resultOutput(plain(await connection.use(read, signal)), undefined)
  }
  const { desk } = connection
  const { json: redact } = spec.redactor
  const result = await connection.use(
    (client) => requestTool({ client, desk, redact }, { call, meta, timeout, signal, progress }),
    signal,
  )
  return readResult(result, definition)
}

function readResult(result: Json, definition: McpServerDefinition): unknown {
  if (!isJsonObject(result)) throw new Error('the server gave no result')
  const isError = result['isError'] === true
  const structured = definition.use_structured_content && !isError ? result['structuredContent'] : undefined
  const hasContent = Array.isArray(result['content']) && result['content'].length > 0
  const output = resultOutput(result['content'], hasContent ? structured : result['structuredContent'])
  return isError ? new ErrorOutput(output) : output
}

function plain(value: unknown): Json {
  return parseJson(JSON.stringify(value ?? null))
}

/** The values of `tool_meta` for this call. */
async function metaValues(
  { spec, definition }: CallPorts,
  call: McpCall,
  ctx: ToolContext,
): Promise<JsonObject> {
  const { tool_meta: written } = definition
  if (written === undefined) return {}
  const { handler } = written
  if (typeof handler === 'string' && handler.includes('#')) {
    const give = await spec.handler(handler)
    const { run_id, call_id, agent, context } = ctx
    const about = { run_id, call_id, agent, tool: call.tool, server: call.server }
    const given: unknown = await give(structuredClone(call.arguments), {
      ...about,
      context: structuredClone(context),
    })
    const values = given === undefined || given === null ? {} : plain(given)
    if (isJsonObject(values)) return values
    throw new TypeError(`tool_meta (${handler}) returned ${typeof given}, not an object`)
  }
  const scope = { args: call.arguments, context: ctx.context, agent: ctx.agent, call_id: ctx.call_id }
  const names = { tool: `${call.server}/${call.tool}`, session_id: null }
  const entries = Object.entries(written).filter(([key]) => !key.startsWith('x-'))
  const values = await Promise.all(
    entries.map(async ([key, expression]) => {
      if (typeof expression !== 'string') return [key, expression] as const
      const place = { about: 'call', key: names.tool } as const
      return [key, await spec.value(expression, place, { ...scope, ...names })] as const
    }),
  )
  return Object.fromEntries(values)
}

/** An answer of the server, even an error or none in time, shows that it is there. */
function isLost(error: unknown): boolean {
  if (!(error instanceof SdkError)) return !isProtocolError(error)
  return error.code !== SdkErrorCode.RequestTimeout
}

function isProtocolError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'number'
}

function describe(error: unknown, { tool }: McpCall, { definition, connection }: CallPorts): string {
  const isLate = error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout
  if (isLate) return `Tool '${tool}' timed out after ${definition.timeout / 1000} seconds.`
  return neededPages(error) ?? (isLost(error) ? connection.explain(error) : messageOf(error))
}
