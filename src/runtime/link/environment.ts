/** The variables a spec is linked with: the real environment over a `.env` file. */
// The one place outside the command line that reads the process's environment.
// oxlint-disable-next-line no-restricted-imports
import { env } from 'node:process'
import { parseEnv } from 'node:util'

export interface Environment {
  readonly variables: Readonly<Record<string, string>>
  /** Names whose value comes from the `.env` file. */
  readonly fromFile: ReadonlySet<string>
  readonly warnings: readonly string[]
}

/** `AGENTSPEC_*` in a `.env` file is ignored with a warning: a spec's folder never outranks the user. */
export function createEnvironment(given: {
  /** The text of a `.env` file. */
  readonly dotenv?: string
  readonly real: Readonly<Record<string, string | undefined>>
}): Environment {
  const variables = new Map<string, string>()
  const fromFile = new Set<string>()
  const warnings: string[] = []
  for (const [name, value] of Object.entries(given.real)) {
    if (value !== undefined) variables.set(name, value)
  }
  for (const [name, value] of readDotenv(given.dotenv ?? '')) {
    if (name.startsWith('AGENTSPEC_')) {
      warnings.push(`${name} in .env is ignored: set it in the real environment`)
    } else if (value !== undefined && (variables.get(name) ?? value) === value) {
      // Node itself may have read the file into the environment (`--env-file`): the value comes from it all the same.
      variables.set(name, value)
      fromFile.add(name)
    }
  }
  return { variables: Object.fromEntries(variables), fromFile, warnings }
}

/** By name; without the byte order mark some editors write, which would become part of the first one. */
function readDotenv(text: string): readonly [name: string, value: string | undefined][] {
  const parsed = parseEnv(text.startsWith('\ufeff') ? text.slice(1) : text)
  return Object.entries(parsed).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** The environment of this process, for programs that give none. */
export function currentEnvironment(): Readonly<Record<string, string | undefined>> {
  return { ...env }
}
