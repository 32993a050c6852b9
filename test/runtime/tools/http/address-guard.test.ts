import type { LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'
import { describe, expect, test } from 'vitest'
import {
  createAddressJudge,
  guardedLookup,
  refusePrivateHost,
} from '../../../../src/runtime/tools/http/address-guard.ts'

const isPrivate = createAddressJudge()

describe('the guard', () => {
  test.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:0:10.0.0.1',
    '::ffff:169.254.169.254',
    '64:ff9b::127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::1',
    '2001::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%lo',
    'fec0::1',
    'ff02::1',
    'not an address',
  ])('refuses %s', (address) => {
    expect(isPrivate(address)).toBe(true)
  })

  test.each([
    '1.1.1.1',
    '8.8.8.8',
    '11.0.0.1',
    '100.128.0.1',
    '168.63.129.17',
    '172.32.0.1',
    '192.169.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '2001:4860:4860::8888',
    '2606:4700:4700::1111',
  ])('lets %s pass', (address) => {
    expect(isPrivate(address)).toBe(false)
  })

  test.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://017700000001/',
    'http://127.1/',
    'http://0/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[0:0:0:0:0:ffff:7f00:0001]/',
    'http://①②⑦.0.0.1/',
    'http://169.254.169.254/latest/meta-data/',
  ])('reads %s as what it means', (url) => {
    expect(() => refusePrivateHost(new URL(url), isPrivate)).toThrow('is an address of a private network')
  })
})

describe('names', () => {
  function lookUp(addresses: LookupAddress[], all: boolean): Promise<unknown> {
    const resolve = ((_host, _options, callback) => callback(null, addresses)) as LookupFunction
    return new Promise((done, fail) => {
      guardedLookup(isPrivate, resolve as Parameters<typeof guardedLookup>[1])(
        'h.example',
        { all },
        (error, address, family) => (error === null ? done([address, family]) : fail(error)),
      )
    })
  }
  const open: LookupAddress = { address: '8.8.8.8', family: 4 }
  const local: LookupAddress = { address: '127.0.0.1', family: 4 }

  test('lead exactly to the addresses that were judged', async () => {
    expect(await lookUp([open], true)).toEqual([[open], undefined])
    expect(await lookUp([open], false)).toEqual(['8.8.8.8', 4])
  })

  test('are refused as soon as one address is private', async () => {
    await expect(lookUp([open, local], true)).rejects.toThrow(
      'h.example (127.0.0.1) is an address of a private network, which this tool may not call (allow_private_addresses)',
    )
    await expect(lookUp([], true)).rejects.toThrow('the name has no address')
  })
})
