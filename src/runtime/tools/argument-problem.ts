/** Whether a tool takes the arguments of a call. */
import type { ToolDefinition } from '../../compiler/program.ts'
import type { JsonObject } from '../../util/json.ts'
import { ARGS } from '../approvals/arguments-marker.ts'
import type { LinkedSpec } from '../link/linked-spec.ts'
import { issueTexts } from '../redaction/issue-texts.ts'
import { operationsOf } from './apply-patch/edit-files.ts'
import { missingArguments } from './mcp-tool.ts'

/** What is wrong with them; `null` when they fit. Patches come as a list, or as the one operation of an item of their own. */
export async function argumentProblem(
  spec: Pick<LinkedSpec, 'validate'>,
  tool: ToolDefinition,
  args: JsonObject,
): Promise<string | null> {
  if (tool.type === 'apply_patch') return operationsOf(args) === null ? NO_OPERATIONS : null
  // The schemas of MCP servers are not ours to judge by: they check arguments themselves, and we only what is required.
  if (tool.type === 'mcp') return missingArguments(tool, args)
  if (!('parameters' in tool)) return null
  const issues = await spec.validate(tool.parameters, args)
  const checked = { schema: tool.parameters, value: args }
  return issues.length === 0 ? null : issueTexts(issues, checked, ARGS)
}

const NO_OPERATIONS =
  'they are no list of operations, each with a type (create_file, update_file, delete_file), a path, and a diff unless it deletes'
