/** What a call of a shell tool asks for. */
import { isJsonObject } from '../../../util/json.ts'
import type { JsonObject } from '../../../util/json.ts'

export interface ShellAction {
  readonly commands: readonly string[]
  /** Milliseconds for each command; absent: no limit. */
  readonly timeout_ms?: number
  readonly max_output_length?: number
}

/**
 * The action of a call's arguments: the action itself, or `{ action }` as the Responses API has it. `null`: it is none.
 * A time of 0 is no limit.
 */
export function shellActionOf(args: JsonObject): ShellAction | null {
  const action = isJsonObject(args['action']) ? args['action'] : args
  const { commands, timeout_ms: timeout, max_output_length: length } = action
  if (!Array.isArray(commands) || commands.length === 0) return null
  const texts = commands.filter((command) => typeof command === 'string' && command !== '')
  if (texts.length !== commands.length) return null
  return {
    commands: texts.map(String),
    ...(typeof timeout === 'number' && timeout > 0 ? { timeout_ms: timeout } : {}),
    ...(typeof length === 'number' && length >= 0 ? { max_output_length: length } : {}),
  }
}

/** What every command sees of the user's environment, besides what the spec lists. */
const SHELL_VARIABLES: readonly string[] = [
  'HOME',
  'LOGNAME',
  'PATH',
  'SHELL',
  'TERM',
  'USER',
  'LANG',
  'TZ',
  'TMPDIR',
]

/** The environment of commands: the usual names, and those the spec lists; nothing else, keys least of all. */
export function shellEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  allowed: readonly string[],
): Readonly<Record<string, string>> {
  const names = [...SHELL_VARIABLES, ...allowed]
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = Object.hasOwn(variables, name) ? variables[name] : undefined
      return value === undefined ? [] : [[name, value]]
    }),
  )
}
