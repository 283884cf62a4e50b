import * as fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { overlap, parseNetwork, type Network } from '../../../../cluster/network/cidr.ts'
import { fromKernel, fromNetstat } from '../../../../cluster/network/routes.ts'

const network = (text: string): Network => {
  const parsed = parseNetwork(text)
  if (!parsed) throw new Error(`${text} is no network`)
  return parsed
}

describe('networks', () => {
  test.each([
    ['172.18.0.0/16', '172.18.4.0/24', true],
    ['172.16.0.0/12', '172.18.0.0/16', true],
    ['172.18.0.0/16', '172.19.0.0/16', false],
    ['10.0.0.1', '10.0.0.0/8', true],
    ['fc00:f853:ccd:e793::/64', 'fc00:f853:ccd:e793::1', true],
    ['fc00:f853:ccd:e793::/64', 'fc00:f853:ccd:e794::/64', false],
    ['::ffff:10.0.0.1', '::ffff:a00:1', true],
    ['10.0.0.0/8', '::/0', false],
  ])('%s and %s have addresses in common: %s', (a, b, common) => {
    expect([overlap(network(a), network(b)), overlap(network(b), network(a))]).toEqual([common, common])
  })

  test.each(['', '10.0.0', '10.0.0.0/33', '10.0.0.0/x', 'localhost', '::1/129'])('«%s» is none', (text) => {
    expect(parseNetwork(text)).toBeUndefined()
  })

  it('overlaps exactly where an address of the smaller lies in the larger', () => {
    const byte = fc.integer({ min: 0, max: 255 })
    const some = fc.tuple(byte, byte, byte, byte, fc.integer({ min: 0, max: 32 }))
    fc.assert(
      fc.property(some, some, ([a, b, c, d, one], [e, f, g, h, two]) => {
        const [x, y] = [network(`${a}.${b}.${c}.${d}/${one}`), network(`${e}.${f}.${g}.${h}/${two}`)]
        const [large, small] = x.prefix < y.prefix ? [x, y] : [y, x]
        const last = large.first + (1n << BigInt(32 - large.prefix)) - 1n
        expect(overlap(x, y)).toBe(small.first >= large.first && small.first <= last)
      }),
    )
  })
})

test('the routes of Linux, without the default one and those that reject', () => {
  const table = `Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT
eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
tun0\t000012AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
lo\t0000000A\t00000000\t0201\t0\t0\t0\t000000FF\t0\t0\t0
`
  expect(fromKernel(table)).toEqual([{ to: '172.18.0.0/16', over: 'tun0' }])
})

test('the routes of macOS, which leaves zeros out', () => {
  const table = `Routing tables

Internet:
Destination        Gateway            Flags               Netif Expire
default            192.168.1.1        UGScg                 en0
10.8/16            utun3              USc                 utun3
172.18.0.5         10.8.0.1           UGHS                utun3
127                127.0.0.1          UCS                   lo0
`
  expect(fromNetstat(table)).toEqual([
    { to: '10.8.0.0/16', over: 'utun3' },
    { to: '172.18.0.5/32', over: 'utun3' },
    { to: '127.0.0.0/8', over: 'lo0' },
  ])
})
