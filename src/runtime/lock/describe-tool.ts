/** A tool of an MCP server as a lock holds it. */
import { lockedTool } from '../../compiler/lock/spec-lock.ts'
import { wellFormedJson } from '../../util/well-formed.ts'
import type { McpTool } from '../mcp/mcp-servers.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { DescribedTool } from './lock-drift.ts'

/** Without secrets, those in its name too: the file is written to be shared. */
export function describeTool(listed: McpTool, redactor: Redactor): DescribedTool {
  const { server, name, description, parameters, output_schema, annotations } = listed
  const tool = wellFormedJson(redactor.text(name))
  const said = {
    description,
    input_schema: parameters,
    ...(output_schema === undefined ? {} : { output_schema }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  }
  return { server, tool, now: lockedTool(tool, wellFormedJson(redactor.json(said))) }
}
