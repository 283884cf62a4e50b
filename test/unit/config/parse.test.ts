import { resolve } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PortConfig } from '../../../config/config.ts'
import { parseDotted } from '../../../config/parse/dotted.ts'
import { parseAge, parseDuration } from '../../../config/parse/duration.ts'
import { hostTrouble, labelKeyTrouble, labelValueTrouble } from '../../../config/parse/label.ts'
import { parseMount } from '../../../config/parse/mount.ts'
import { parsePort, parsePorts, portsClash, showPort } from '../../../config/parse/port.ts'
import { parseTaint } from '../../../config/parse/taint.ts'
import { flow } from '../../../config/shape/flow.ts'
import { parseSetPath } from '../../../config/source/overrides.ts'
import { parse } from 'yaml'

const port: fc.Arbitrary<PortConfig> = fc.record({
  address: fc.oneof(fc.ipV4(), fc.ipV6()),
  hostPort: fc.integer({ min: 0, max: 65_535 }),
  nodePort: fc.integer({ min: 1, max: 65_535 }),
  protocol: fc.constantFrom('tcp', 'udp', 'sctp'),
})

const clash = (a: string, b: string): boolean => portsClash(parsePort(a) as PortConfig, parsePort(b) as PortConfig)

describe('ports', () => {
  test('what is shown is read back', () => {
    fc.assert(
      fc.property(port, (one) => {
        expect(parsePort(showPort(one))).toEqual(one)
      }),
    )
  })

  test('any other text is a reason and no exception', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9:.[\]/a-z]{0,20}$/)), (text) => {
        const parsed = parsePort(text)
        if (typeof parsed === 'string') return
        expect(parsePort(showPort(parsed))).toEqual(parsed)
        expect(parsed.hostPort).toBeLessThan(65_536)
      }),
    )
    expect(
      ['80', ':80:80', '::1:80:80', '[127.0.0.1]:80:80', '80:80/', '80:-1', '300.0.0.1:80:80', ''].map(
        (text) => typeof parsePort(text),
      ),
    ).toEqual(Array(8).fill('string'))
  })

  test('clash on the same port, address and protocol, an address for all included, and never at 0', () => {
    expect(clash('80:1', '80:2')).toBe(true)
    expect(clash('0.0.0.0:80:1', '80:2')).toBe(true)
    expect(clash('80:1', '[::]:80:2')).toBe(true)
    expect(clash('80:1', '80:1/udp')).toBe(false)
    expect(clash('80:1', '127.0.0.2:80:1')).toBe(false)
    expect(clash('0:1', '0:1')).toBe(false)
    fc.assert(
      fc.property(port, port, (a, b) => {
        expect(portsClash(a, b)).toBe(portsClash(b, a))
      }),
    )
  })
})

test('taints', () => {
  expect(parseTaint('a.b/c=d:NoExecute')).toEqual({ key: 'a.b/c', value: 'd', effect: 'NoExecute' })
  expect(parseTaint('a:NoSchedule')).toEqual({ key: 'a', value: '', effect: 'NoSchedule' })
  expect(
    ['', 'a', 'a=b', ':NoSchedule', 'a=b:noschedule', 'a=b c:NoSchedule', 'a=b=c:NoSchedule'].map(
      (text) => typeof parseTaint(text),
    ),
  ).toEqual(Array(7).fill('string'))
})

test('mounts', () => {
  expect(parseMount('./a:/b:ro', '/f')).toEqual({ hostPath: resolve('/f', 'a'), nodePath: '/b', readOnly: true })
  expect(parseMount('/a:/b', '/f')).toEqual({ hostPath: resolve('/a'), nodePath: '/b', readOnly: false })
  expect(parseMount('C:\\a:/b:rw', '/f')).toMatchObject({ nodePath: '/b', readOnly: false })
  expect(['./a', './a:b', './a:/b:x', ':/b'].map((text) => typeof parseMount(text, '/f'))).toEqual(
    Array(4).fill('string'),
  )
})

test('durations', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 59 }), (m, s) => {
      expect(parseDuration(`${m}m${s}s`)).toBe(m * 60_000 + s * 1000)
    }),
  )
  expect(['500ms', '0.5s', '1h'].map(parseDuration)).toEqual([500, 500, 3_600_000])
  expect(['', '30', 's', '-1s', '0s', '1d', '1 s', '9000h'].map(parseDuration)).toEqual(Array(8).fill(undefined))
  expect(['90m', '1d12h', '9000h', '60d'].map(parseAge)).toEqual([
    5_400_000, 129_600_000, 32_400_000_000, 5_184_000_000,
  ])
  expect(['', '2', 'd', '0h', '500ms', '1 h', '-1h'].map(parseAge)).toEqual(Array(7).fill(undefined))
})

test('labels and host names', () => {
  expect(['a', 'A.b_c-d', 'example.org/a'].map(labelKeyTrouble)).toEqual([undefined, undefined, undefined])
  expect(['', '-a', 'a/', '/a', 'a/b/c', 'a'.repeat(64), 'A_B/c'].map((key) => typeof labelKeyTrouble(key))).toEqual(
    Array(7).fill('string'),
  )
  expect(['', 'a', '1.36'].map(labelValueTrouble)).toEqual([undefined, undefined, undefined])
  expect(['a b', '-', 'x'.repeat(64)].map((value) => typeof labelValueTrouble(value))).toEqual(Array(3).fill('string'))
  expect(['a', 'a.b-c.d', 'x1'].map(hostTrouble)).toEqual([undefined, undefined, undefined])
  expect(
    ['', 'A', 'a_b', 'a..b', 'a:80', 'http://a', '*.a', '-a', `${'a'.repeat(64)}.b`].map(
      (host) => typeof hostTrouble(host),
    ),
  ).toEqual(Array(9).fill('string'))
})

test('paths of --set', () => {
  expect(parseSetPath('a.b[0].c\\.d')).toEqual(['a', 'b', '0', 'c.d'])
  expect(['', 'a.', '.a', 'a..b', '__proto__.x'].map(parseSetPath)).toEqual(Array(5).fill(undefined))
})

test('an example that is shown is YAML for what it shows', () => {
  // Neither JSON nor a reader of the page knows -0.
  const json = fc.jsonValue({ maxDepth: 3 }).map((value): unknown => JSON.parse(JSON.stringify(value)))
  fc.assert(
    fc.property(json, (value) => {
      expect(parse(`a: ${flow(value)}`)).toEqual({ a: value })
    }),
  )
})

describe('parseDotted', () => {
  test.each([
    ['spec.image', ['spec', 'image']],
    ['spec.sidecars[].image', ['spec', 'sidecars', '[]', 'image']],
    ['spec.a[*]', ['spec', 'a', '[]']],
    ['[].x', ['[]', 'x']],
    ['metadata.annotations.example\\.io/image', ['metadata', 'annotations', 'example.io/image']],
    ['metadata.annotations["example.io/image"].x', ['metadata', 'annotations', 'example.io/image', 'x']],
  ])('%s', (text, keys) => {
    expect(parseDotted(text)).toEqual(keys)
  })
  test.each(['', '.', 'a..b', 'a.', 'a[0]', 'a[', 'a]b'])('%j is none', (text) => {
    expect(parseDotted(text)).toBeUndefined()
  })
})

describe('parsePorts', () => {
  const shown = (text: string) => {
    const found = parsePorts(text)
    return typeof found === 'string' ? found : found.map(showPort)
  }
  test('a range leads port by port', () => {
    expect(shown('3000-3002:30000-30002')).toEqual(['3000:30000', '3001:30001', '3002:30002'])
    expect(shown('[::1]:5000-5001:80-81/udp')).toEqual(['[::1]:5000:80/udp', '[::1]:5001:81/udp'])
    expect(shown('0.0.0.0:7-7:8')).toEqual(['0.0.0.0:7:8'])
    expect(shown('80:80')).toEqual(['80:80'])
  })
  test.each([
    ['3000-3005:3000-3004', /^6 ports of the machine cannot lead to 5 of the node/],
    ['3000-3005:3000', /^6 ports of the machine cannot lead to 1 of the node/],
    ['3000:3000-3001', /^1 port of the machine cannot lead to 2/],
    ['3005-3000:3005-3000', /^a range begins with its lower end: 3000-3005$/],
    ['0-2:3000-3002', /host port 0/],
    ['65530-65540:1-11', /^host port 65540 is not between/],
    ['1-65535:1-65535', /^a range of 65535 ports is too long/],
    ['3000-:3000-3005', /^it must be \[address:\]host:node/],
    ['localhost:1-2:1-2', /write 127\.0\.0\.1/],
  ])('%s is refused', (text, why) => {
    expect(shown(text)).toMatch(why)
  })
})
