/** The tools of MCP servers in a journal: enough to know them again without asking their servers. */
import type { JsonObject } from '../../util/json.ts'

/** A tool of an MCP server as a turn offers it; what it means for calls does not change while they wait. */
export interface OfferedMcpTool {
  /** As the model sees it. */
  readonly name: string
  readonly server: string
  /** As its server calls it. */
  readonly tool: string
  /** Hash of its name, description and schema. */
  readonly definition: string
}

/** What a tool of an MCP server was when a person was asked about it. */
export interface ShownMcpTool {
  readonly definition: string
  readonly description: string
  readonly parameters: JsonObject
}

/** The lock a run began with: for each server of it, the hash of each tool. */
export type RunLock = Readonly<Record<string, Readonly<Record<string, string>>>>

/** A tool that is not what was locked, and that a person has accepted for one run. */
export interface AcceptedTool {
  readonly server: string
  readonly tool: string
  /** As in a lock file, of the tool as it was accepted. */
  readonly hash: string
}

/** One text for what was accepted: another hash is another tool. */
export function acceptedKey({ server, tool, hash }: AcceptedTool): string {
  return JSON.stringify([server, tool, hash])
}

/** A tool of an MCP server that is called: as it was offered, or as it was last asked about. */
export interface CalledMcpTool extends OfferedMcpTool {
  /** Known once the server, or a person, was asked. */
  readonly description?: string
  readonly parameters?: JsonObject
}
