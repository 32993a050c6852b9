/** What a spec declares, by name. Made of the spec as it is: values of the wrong shape are left out. */
import type { SpecDocument } from '../../spec/document.ts'
import type { Path } from '../../spec/path.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'

/** A named definition, or an inline tool. */
export interface Definition {
  readonly name: string
  readonly path: Path
  readonly value: JsonObject
}

/** A tool as an agent has it. */
export interface ToolUse extends Definition {
  /** What the model sees. */
  readonly visibleName: string
  /** Where the agent lists it. */
  readonly usedAt: Path
}

export type Section = 'agents' | 'models' | 'tools' | 'mcp_servers' | 'guardrails'

export interface Scope {
  /** The names a section declares, whatever their definitions look like. */
  readonly names: (section: Section) => readonly string[]
  readonly isDeclared: (section: Section, name: string) => boolean
  readonly definitions: (section: Section) => readonly Definition[]
  readonly definition: (section: Section, name: string) => Definition | undefined
  /** Every tool: those of the `tools` section, then the inline ones. */
  readonly tools: readonly Definition[]
  /** The tools of one agent, unknown ones left out. */
  readonly toolsOf: (agent: Definition) => readonly ToolUse[]
}

/** Reads the declarations of a document. */
export function createScope(document: SpecDocument): Scope {
  const root = isJsonObject(document.value) ? document.value : {}
  const sectionOf = (section: Section): JsonObject => {
    const value = Object.hasOwn(root, section) ? root[section] : undefined
    return isJsonObject(value) ? value : {}
  }
  const definition = (section: Section, name: string): Definition | undefined => {
    const definitions = sectionOf(section)
    const value = Object.hasOwn(definitions, name) ? definitions[name] : undefined
    return isJsonObject(value) ? { name, path: [section, name], value } : undefined
  }
  const definitions = (section: Section): readonly Definition[] =>
    Object.keys(sectionOf(section)).flatMap((name) => definition(section, name) ?? [])
  const toolsOf = (agent: Definition): readonly ToolUse[] =>
    listItems(agent.value['tools']).flatMap(([index, item]) => {
      const usedAt = [...agent.path, 'tools', index]
      const tool = typeof item === 'string' ? definition('tools', item) : inlineTool(item, usedAt)
      return tool === undefined ? [] : [{ ...tool, usedAt, visibleName: visibleName(tool) }]
    })
  const inline = definitions('agents').flatMap((agent) =>
    listItems(agent.value['tools']).flatMap(
      ([index, item]) => inlineTool(item, [...agent.path, 'tools', index]) ?? [],
    ),
  )
  return {
    names: (section) => Object.keys(sectionOf(section)),
    isDeclared: (section, name) => Object.hasOwn(sectionOf(section), name),
    definitions,
    definition,
    tools: [...definitions('tools'), ...inline],
    toolsOf,
  }
}

/** The items of a list with their indices; none when it is no list. */
export function listItems(value: Json | undefined): readonly (readonly [number, Json])[] {
  return Array.isArray(value) ? value.map((item: Json, index) => [index, item] as const) : []
}

/** The members of a map; none when it is no map. */
export function members(value: Json | undefined): readonly (readonly [string, Json])[] {
  return isJsonObject(value) ? Object.entries(value) : []
}

/** What the model calls a tool. */
export function visibleName(tool: Definition): string {
  const name = tool.value['name']
  return typeof name === 'string' ? name : tool.name
}

function inlineTool(item: Json, path: Path): Definition | undefined {
  if (!isJsonObject(item)) return undefined
  const name = item['name']
  return { name: typeof name === 'string' ? name : '', path, value: item }
}
