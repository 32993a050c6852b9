/** Flags as the commands read them: typed, and mirrored by environment variables. */
import type { Command, Option } from 'commander'
import { invariant } from '../util/invariant.ts'
import { suggest } from '../util/suggest.ts'
import { didYouMean } from '../spec/did-you-mean.ts'
import { UsageFailure } from '../runtime/failures.ts'
import type { Environment } from './context.ts'

/** The values of the flags of one command, global ones included. Names are written as `maxTurns`. */
export interface Flags {
  /** True when the flag is given; for `--no-x`, `has('x')` is then false. */
  readonly has: (name: string) => boolean
  readonly text: (name: string) => string | undefined
  /** The values of a flag that can be given several times. */
  readonly texts: (name: string) => readonly string[]
}

/**
 * Flags that say how to work have a variable each: `--max-turns` is AGENTSPEC_MAX_TURNS. Those that say what to do
 * (`--all`, `--replace`, `--out`) have none, so that no forgotten variable decides anything.
 */
const MIRRORED: ReadonlySet<string> = new Set([
  '--agent',
  '--approvals',
  '--base',
  '--by',
  '--context',
  '--env-file',
  '--format',
  '--json',
  '--max-turns',
  '--model',
  '--no-color',
  '--no-stream',
  '--quiet',
  '--session',
  '--store',
  '--strict',
  '--trace',
  '--verbose',
  '--wait',
])

/** `AGENTSPEC_MAX_TURNS` for `--max-turns`; `undefined` for a flag without one. */
export function variableOf(option: Option): string | undefined {
  const { long } = option
  if (long === undefined || long === null || !MIRRORED.has(long)) return undefined
  return `AGENTSPEC_${long.slice(2).replaceAll('-', '_').toUpperCase()}`
}

/** The flags of a parsed command; what is not on the command line comes from the environment. */
export function readFlags(command: Command, env: Environment): Flags {
  const values = new Map<string, unknown>()
  for (let level: Command | null = command; level !== null; level = level.parent) {
    for (const option of level.options) values.set(option.attributeName(), valueOf(level, option, env))
  }
  const get = (name: string): unknown => {
    invariant(values.has(name), `${command.name()} has the flag ${name}`)
    return values.get(name)
  }
  return {
    has: (name) => get(name) === true,
    text: (name) => {
      const value = get(name)
      return typeof value === 'string' ? value : undefined
    },
    texts: (name) => {
      const value = get(name)
      if (typeof value === 'string') return [value]
      return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
    },
  }
}

function valueOf(level: Command, option: Option, env: Environment): unknown {
  const name = option.attributeName()
  const given: unknown = level.getOptionValue(name)
  const source = level.getOptionValueSource(name)
  if (source !== undefined && source !== 'default') return given
  const variable = variableOf(option)
  const text = variable === undefined ? undefined : env[variable]
  if (variable === undefined || text === undefined || text === '') return given
  if (!option.isBoolean() && !option.negate) return text
  const on = readSwitch(variable, text)
  return option.negate ? !on : on
}

function readSwitch(variable: string, text: string): boolean {
  if (/^(1|true|yes|on)$/i.test(text)) return true
  if (/^(0|false|no|off)$/i.test(text)) return false
  throw new UsageFailure('invalid_variable', `${variable} is "${text}"`, 'Set it to 1 or 0')
}

/**
 * One of a few words.
 *
 * @throws UsageFailure for any other.
 */
export function oneOf<Word extends string>(flag: string, value: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === value)
  if (found !== undefined) return found
  throw new UsageFailure(
    'invalid_flag',
    `${flag} cannot be "${value}".${didYouMean(suggest(value, words))}`,
    `It is one of: ${words.join(', ')}`,
  )
}
