/**
 * Keeps requests out of private networks: every address a name resolves to is judged, and the connection goes to exactly
 * those that were judged, so that a name which resolves differently the next time changes nothing.
 */
import { lookup as lookupAll } from 'node:dns'
import type { LookupAddress } from 'node:dns'
import { BlockList, isIP } from 'node:net'
import type { LookupFunction } from 'node:net'

/** Not reachable from everywhere, or special, by the registries of IANA; and the metadata service of Azure. */
const privateV4: readonly (readonly [net: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

const privateV6: readonly (readonly [net: string, prefix: number])[] = [
  // Unspecified, loopback, and IPv4 in its oldest disguise.
  ['::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  // Teredo and other tunnels, benchmarks, ORCHID.
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]

/** How IPv4 addresses stand inside IPv6 ones: mapped, translated (SIIT), and behind a NAT64. */
const disguises = ['::ffff:', '::ffff:0:', '64:ff9b::']

/** Says of an address whether it is one of a private network. */
export type AddressJudge = (address: string) => boolean

/** Knows loopback, link-local, private, shared, multicast, reserved and metadata addresses, also inside IPv6 ones. */
export function createAddressJudge(): AddressJudge {
  const blocked = new BlockList()
  for (const [net, prefix] of privateV4) {
    blocked.addSubnet(net, prefix, 'ipv4')
    for (const disguise of disguises) blocked.addSubnet(`${disguise}${net}`, 96 + prefix, 'ipv6')
  }
  for (const [net, prefix] of privateV6) blocked.addSubnet(net, prefix, 'ipv6')
  return (address) => {
    const plain = address.split('%', 1)[0] ?? ''
    const family = isIP(plain)
    return family === 0 || blocked.check(plain, family === 4 ? 'ipv4' : 'ipv6')
  }
}

/** A request was going to an address of a private network. */
export class PrivateAddress extends Error {
  override readonly name = 'PrivateAddress'
}

/** @throws PrivateAddress for a host that is itself such an address: no name is looked up then. */
export function refusePrivateHost(url: URL, isPrivate: AddressJudge): void {
  const host = url.hostname.replace(/^\[|\]$/gu, '')
  if (isIP(host) !== 0 && isPrivate(host)) throw refusal(host, host)
}

function refusal(host: string, address: string): PrivateAddress {
  const where = host === address ? address : `${host} (${address})`
  return new PrivateAddress(
    `${where} is an address of a private network, which this tool may not call (allow_private_addresses)`,
  )
}

/** Looks names up for a connection; fails when any of the addresses is private. */
export function guardedLookup(
  isPrivate: AddressJudge,
  resolve: typeof lookupAll = lookupAll,
): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '')
      const bad = addresses.find(({ address }) => isPrivate(address))
      if (bad !== undefined) return callback(refusal(hostname, bad.address), '')
      return answer(options.all === true, addresses, callback)
    })
  }
}

function answer(
  wantsAll: boolean,
  addresses: LookupAddress[],
  callback: Parameters<LookupFunction>[2],
): void {
  const [first] = addresses
  if (first === undefined) callback(new Error('the name has no address'), '')
  else if (wantsAll) callback(null, addresses)
  else callback(null, first.address, first.family)
}
