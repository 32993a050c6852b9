/** MCP servers: defaults filled in, durations in milliseconds. */
import type { DefaultsSpec, McpServerSpec } from '../../spec/spec-types.generated.ts'
import { compact } from '../../util/compact.ts'
import type { McpServerDefinition } from '../program-mcp.ts'
import { toFailureText, toMilliseconds, withoutExtensions } from './common.ts'

/** What a server gets that says nothing else, and for which the spec's own defaults say nothing. */
const fallbacks = {
  timeout: '30s',
  connect_timeout: '10s',
  required: true,
  require_approval: 'never',
  cache_tools_list: true,
  refresh_on_list_changed: true,
  use_structured_content: false,
  max_retry_attempts: 0,
  retry_backoff_seconds_base: 1,
  on_unknown: 'ask',
} as const

/** One server. Which agent uses it, and what it offers, is known only at run time. */
export function lowerMcpServer(
  server: McpServerSpec,
  defaults: NonNullable<DefaultsSpec['mcp_servers']>,
): McpServerDefinition {
  const transport = server.transport ?? (server.command === undefined ? 'streamable_http' : 'stdio')
  const settings = { ...fallbacks, ...defaults, ...server }
  const failure = settings.failure_error_function
  return compact({
    transport,
    ...(transport === 'stdio' ? stdioKeys(server) : httpKeys(server)),
    timeout: toMilliseconds(settings.timeout),
    connect_timeout: toMilliseconds(settings.connect_timeout),
    negotiation: settings.negotiation ?? (transport === 'stdio' ? 'legacy' : 'auto'),
    required: settings.required,
    require_approval: settings.require_approval,
    tool_filter: settings.tool_filter && withoutExtensions(settings.tool_filter),
    cache_tools_list: settings.cache_tools_list,
    refresh_on_list_changed: settings.refresh_on_list_changed,
    use_structured_content: settings.use_structured_content,
    max_retry_attempts: settings.max_retry_attempts,
    retry_backoff_seconds_base: settings.retry_backoff_seconds_base,
    failure_error_function: failure === undefined ? undefined : toFailureText(failure),
    tool_meta: settings.tool_meta,
    on_unknown: settings.on_unknown,
    resources: { expose: settings.resources?.expose ?? false },
  })
}

function stdioKeys(server: McpServerSpec): Pick<McpServerDefinition, 'command' | 'args' | 'env' | 'cwd'> {
  return compact({ command: server.command, args: server.args ?? [], env: server.env ?? {}, cwd: server.cwd })
}

function httpKeys(server: McpServerSpec): Pick<McpServerDefinition, 'url' | 'headers' | 'authorization'> {
  return compact({ url: server.url, headers: server.headers ?? {}, authorization: server.authorization })
}
