/** Which values must never surface (CONTRACT, Environment). */
import type { Program } from '../../compiler/program.ts'
import { parseInterpolation } from '../../spec/interpolation.ts'
import type { Environment } from '../link/environment.ts'

export interface Secret {
  /** Of the variable: shown in place of the value. */
  readonly name: string
  readonly value: string
}

/** Shorter values would be found everywhere by chance. */
const shortest = 8

/**
 * The values of variables that come from `.env`, are interpolated by the spec, or are a provider's key, and whose name
 * says that they are secret, or that the spec lists under `secrets`.
 */
export function findSecrets(given: {
  readonly program: Program
  readonly environment: Environment
  /** Names of the variables the spec interpolates. */
  readonly used: ReadonlySet<string>
}): readonly Secret[] {
  const { program, environment, used } = given
  const sessionKeys = new Set(keysOfSessions(program))
  const listed = new Set([...program.secrets, ...sessionKeys])
  return Object.entries(environment.variables).flatMap(([name, value]) => {
    if (value.length < shortest) return []
    const reached = environment.fromFile.has(name) || used.has(name) || isProviderKey(name)
    if (!listed.has(name) && !(reached && hasSecretName(name))) return []
    // Such a variable may hold several keys, one a line.
    const lines = sessionKeys.has(name) ? value.split('\n').map((line) => line.trim()) : []
    return [value, ...lines.filter((line) => line.length >= shortest && line !== value)].map((secret) => ({
      name,
      value: secret,
    }))
  })
}

/** The variables of `session.encryption.key`, whatever they are called. */
function keysOfSessions({ session }: Program): readonly string[] {
  const parsed = parseInterpolation(session.encryption?.key ?? '')
  if ('error' in parsed) return []
  return parsed.parts.flatMap((part) => (part.kind === 'variable' ? [part.name] : []))
}

/** The names that providers' own clients read their keys from, such as `OPENAI_API_KEY`, and our own. */
function isProviderKey(name: string): boolean {
  return /(?:^|_)API_KEY$/u.test(name) || name.startsWith('AGENTSPEC_') || otherProviderKeys.has(name)
}

const otherProviderKeys: ReadonlySet<string> = new Set([
  'ANTHROPIC_AUTH_TOKEN',
  'AWS_BEARER_TOKEN_BEDROCK',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'HF_TOKEN',
  'OPENAI_ADMIN_KEY',
])

function hasSecretName(name: string): boolean {
  const words = name.toUpperCase().split('_')
  return words.some((word) => word === 'AUTH' || /(?:KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS?)$/u.test(word))
}
