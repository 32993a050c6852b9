/** MCP servers: defaults filled in, durations in milliseconds. */
import type { DefaultsSpec, McpServerSpec } from '../../spec/spec-types.generated.ts'
import { compact } from '../../util/compact.ts'
import type { JsonObject } from '../../util/json.ts'
import { toFailureText, toMilliseconds, withoutExtensions } from './common.ts'

/** One server. Which agent uses it, and what it offers, is known only at run time. */
export function lowerMcpServer(server: McpServerSpec, defaults: NonNullable<DefaultsSpec['mcp_servers']>): JsonObject {
  const transport = server.transport ?? (server.command === undefined ? 'streamable_http' : 'stdio')
  const failure = server.failure_error_function === undefined
    ? defaults.failure_error_function
    : server.failure_error_function
  return compact({
    transport,
    ...(transport === 'stdio' ? stdioKeys(server) : httpKeys(server)),
    timeout: toMilliseconds(server.timeout ?? defaults.timeout ?? '30s'),
    connect_timeout: toMilliseconds(server.connect_timeout ?? defaults.connect_timeout ?? '10s'),
    negotiation: server.negotiation ?? defaults.negotiation ?? (transport === 'stdio' ? 'legacy' : 'auto'),
    required: server.required ?? defaults.required ?? true,
    require_approval: server.require_approval ?? defaults.require_approval ?? 'never',
    tool_filter: server.tool_filter && withoutExtensions(server.tool_filter),
    cache_tools_list: server.cache_tools_list ?? defaults.cache_tools_list ?? true,
    refresh_on_list_changed: server.refresh_on_list_changed ?? true,
    use_structured_content: server.use_structured_content ?? defaults.use_structured_content ?? false,
    max_retry_attempts: server.max_retry_attempts ?? defaults.max_retry_attempts ?? 0,
    retry_backoff_seconds_base: server.retry_backoff_seconds_base ?? defaults.retry_backoff_seconds_base ?? 1,
    failure_error_function: failure === undefined ? undefined : { ...toFailureText(failure) },
    tool_meta: server.tool_meta,
    on_unknown: server.on_unknown ?? defaults.on_unknown ?? 'ask',
    resources: { expose: server.resources?.expose ?? false },
  })
}

function stdioKeys(server: McpServerSpec): JsonObject {
  return compact({ command: server.command, args: server.args ?? [], env: server.env ?? {}, cwd: server.cwd })
}

function httpKeys(server: McpServerSpec): JsonObject {
  return compact({ url: server.url, headers: server.headers ?? {}, authorization: server.authorization })
}
