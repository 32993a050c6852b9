/** What a user has set for all specs: `$XDG_CONFIG_HOME/agentspec/config.yaml`. */
import { existsSync, readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { UsageFailure } from '../../runtime/failures.ts'
import { didYouMean } from '../../spec/did-you-mean.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { messageOf } from '../../util/message-of.ts'
import { suggest } from '../../util/suggest.ts'
import type { Environment } from '../context.ts'
import { modelChoice } from '../values.ts'

/** Each stands for a variable, which wins over it, as a flag wins over both. */
export interface UserConfig {
  readonly store?: string
  /** `PROVIDER/MODEL` for every agent. */
  readonly model?: string
  readonly approvals?: string
  /** Who decides. */
  readonly by?: string
  readonly color?: boolean
}

export const CONFIG_KEYS = ['store', 'model', 'approvals', 'by', 'color'] as const

const MODES = ['ask', 'pause', 'deny', 'fail', 'allow']

/** Where the file is, or would be; `null` when nothing says where a home is. */
export function configPath(env: Environment): string | null {
  const base = env['XDG_CONFIG_HOME']
  // The specification of these folders ignores relative ones.
  if (base !== undefined && isAbsolute(base)) return join(base, 'agentspec', 'config.yaml')
  const home = env['HOME'] || env['USERPROFILE']
  return home === undefined || home === '' ? null : join(home, '.config', 'agentspec', 'config.yaml')
}

/**
 * What the file says; nothing when there is none.
 *
 * @throws UsageFailure `config_invalid`.
 */
export async function readUserConfig(env: Environment): Promise<UserConfig> {
  const path = configPath(env)
  if (path === null || !existsSync(path)) return {}
  const { parseDocument } = await import('yaml')
  const fail = (problem: string): UsageFailure =>
    new UsageFailure('config_invalid', `${path}: ${problem}`, `Its keys: ${CONFIG_KEYS.join(', ')}`)
  let value: unknown
  try {
    const document = parseDocument(readFileSync(path, 'utf8'), { logLevel: 'silent' })
    const [error] = document.errors
    if (error !== undefined) throw error
    value = document.toJS({ maxAliasCount: 0 }) ?? {}
  } catch (error) {
    throw fail(messageOf(error).split('\n')[0] ?? 'cannot be read')
  }
  if (!isJsonObject(value)) throw fail('it is not a map')
  const problem = Object.entries(value).flatMap(([key, one]) => problemOf(key, one))[0]
  if (problem !== undefined) throw fail(problem)
  return value
}

function problemOf(key: string, value: Json): readonly string[] {
  const known = CONFIG_KEYS.find((one) => one === key)
  if (known === undefined) return [`there is no key "${key}".${didYouMean(suggest(key, CONFIG_KEYS))}`]
  if (known === 'color') return typeof value === 'boolean' ? [] : ['"color" is true or false']
  if (typeof value !== 'string' || value === '') return [`"${key}" is a text`]
  if (known === 'approvals' && !MODES.includes(value))
    return [
      `"approvals" cannot be "${value}".${didYouMean(suggest(value, MODES))} It is one of ${MODES.join(', ')}`,
    ]
  if (known !== 'model') return []
  try {
    modelChoice([value])
    return value.includes('=') ? ['"model" is for every agent: PROVIDER/MODEL'] : []
  } catch (error) {
    return [messageOf(error)]
  }
}

/** The environment with what the user has set under it. */
export function withUserConfig(env: Environment, config: UserConfig): Environment {
  const { store, model, approvals, by, color } = config
  const given = {
    AGENTSPEC_STORE: store,
    AGENTSPEC_MODEL: model,
    // To ask where a person is, and to wait elsewhere, is what happens anyway; what the spec allows is another matter.
    AGENTSPEC_APPROVALS: approvals === 'ask' ? undefined : approvals,
    AGENTSPEC_BY: by,
    AGENTSPEC_NO_COLOR: color === false ? '1' : undefined,
  }
  const added = Object.entries(given).filter(
    ([name, value]) => value !== undefined && (env[name] === undefined || env[name] === ''),
  )
  return added.length === 0 ? env : { ...env, ...Object.fromEntries(added) }
}
