import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isClusterName, isHostName, isPublicName, selectHosts } from '../../../hosts/names.ts'

test.for(['web', 'a.local', 'dev.service-a.offerfit.local', 'xn--bcher-kva.test', '1.a'])('%s is a host name', (name) =>
  expect(isHostName(name)).toBe(true),
)
test.for([
  '',
  '*.web.local',
  'A.local',
  'a..b',
  'a.',
  '.a',
  '-a.local',
  'a-.local',
  '127.0.0.1',
  'a b',
  'a\n',
  'a#b',
  'a_b',
  `${'a'.repeat(64)}.local`,
])('%j is none', (name) => expect(isHostName(name)).toBe(false))

test('nothing that is taken for a host name could end a line or begin a comment', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[a-z.\-\n #*]{1,6}$/))
  const [counterexample] =
    fc.check(fc.property(text, (name) => !isHostName(name) || /^[a-z0-9.-]+$/.test(name))).counterexample ?? []
  expect(counterexample).toBeUndefined()
})

test.for(['api.example.com', 'k8s.dev', 'a.io', 'web.co.uk', 'a.xn--p1ai'])('%s is public', (name) =>
  expect(isPublicName(name)).toBe(true),
)
test.for([
  'web',
  'com',
  'a.local',
  'a.localhost',
  'a.test',
  'a.internal',
  'a.example',
  'a.invalid',
  'a.lan',
  'a.corp',
  'a.kind',
])('%s is not', (name) => expect(isPublicName(name)).toBe(false))

test('public names are written only when asked for; what is left out is told why', () => {
  const { write, leftOut } = selectHosts(
    ['Web.local', 'web.local', 'api.example.com', 'www.example.com', '*.web.local', 'localhost', 'a_b.local'],
    ['www.example.com', 'more.test'],
  )
  expect(write).toEqual(['more.test', 'web.local', 'www.example.com'])
  expect(leftOut.map(({ host }) => host)).toEqual(['api.example.com', '*.web.local', 'a_b.local'])
  expect(leftOut[0]?.why).toContain('hosts.extra')
  expect(leftOut[1]?.why).toContain('wildcards')
})

test.for(['shop', '1', 'a.b-c', 'a'.repeat(63)])('%s can name a cluster', (name) =>
  expect(isClusterName(name)).toBe(true),
)
test.for(['', '-a', '.a', 'A', 'a/b', 'a b', ' a', 'a\n', '../a', 'a'.repeat(64)])('%j can name none', (name) =>
  expect(isClusterName(name)).toBe(false),
)
test('what is no host name is told so', () =>
  expect(selectHosts(['a..b'], []).leftOut).toEqual([{ host: 'a..b', why: 'it is no DNS name' }]))
