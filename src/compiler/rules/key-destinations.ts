/** A key from the environment goes to a server of somebody else only when the spec says so. */
import net from 'node:net'
import type { BlockList } from 'node:net'
import { interpolate, parseInterpolation } from '../../spec/interpolation.ts'
import type { RuleContext } from './rule-context.ts'
import type { Definition } from './scope.ts'
import { members } from './scope.ts'

export function keyDestinations(context: RuleContext): void {
  for (const model of context.scope.definitions('models')) {
    const { provider, base_url: baseUrl } = model.value
    if (provider !== 'openai' || typeof baseUrl !== 'string' || hasCredentials(model)) continue
    const host = literalHost(baseUrl)
    if (host === undefined || host === 'api.openai.com' || isLocal(host)) continue
    context.report('AS4025', { model: model.name, host }, { path: [...model.path, 'base_url'] })
  }
}

/** An empty key counts as none, as it does for a run. */
function hasCredentials({ value }: Definition): boolean {
  if (value['api_key'] !== undefined && value['api_key'] !== '') return true
  return members(value['headers']).some(([header]) => header.toLowerCase() === 'authorization')
}

/** The host as far as the spec itself says it, the defaults of variables included. */
function literalHost(baseUrl: string): string | undefined {
  const parsed = parseInterpolation(baseUrl)
  if ('error' in parsed) return undefined
  const { text, used } = interpolate(parsed.parts, {})
  // A URL without a host takes the first part of its path for one.
  if (used.length > 0 && /^[a-z]+:\/{3}/i.test(text)) return undefined
  const url = URL.parse(text)
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url.hostname : undefined
}

/** A name without a dot is one of the own network. */
function isLocal(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '')
  const version = net.isIP(address)
  if (version !== 0) return localAddresses().check(address, version === 6 ? 'ipv6' : 'ipv4')
  return !host.includes('.') || /\.(?:localhost|local|internal)\.?$/.test(host)
}

function localAddresses(): BlockList {
  const list = new net.BlockList()
  for (const [address, bits] of ipv4) list.addSubnet(address, bits, 'ipv4')
  for (const [address, bits] of ipv6) list.addSubnet(address, bits, 'ipv6')
  return list
}

const ipv4: readonly (readonly [string, number])[] = [
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
]

const ipv6: readonly (readonly [string, number])[] = [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
]
