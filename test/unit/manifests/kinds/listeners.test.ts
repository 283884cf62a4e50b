import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { hostsOf } from '../../../../manifests/kinds/hosts.ts'
import { commonName, listenersOf, routeNames } from '../../../../manifests/kinds/listeners.ts'
import { endpointsOf } from '../../../../services/deploy/endpoints.ts'
import { reachesOf } from '../../../../services/smoke/reach.ts'
import { placeOf } from '../../../../services/smoke/where.ts'

const gateway = (...listeners: readonly object[]): KubeObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name: 'g' },
  spec: { listeners },
})
const route = (spec: object): KubeObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'r' },
  spec: { parentRefs: [{ name: 'g' }], ...spec },
})
const http = { name: 'http', port: 80, protocol: 'HTTP' }
const https = { name: 'https', port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'kindup-tls' }] } }
const around = (...listeners: readonly object[]) => ({
  listeners: listenersOf([{ object: gateway(...listeners), namespace: 'shop' }]),
  home: 'shop',
})
const port = (hostPort: number, nodePort: number) => ({
  address: '127.0.0.1',
  hostPort,
  nodePort,
  protocol: 'tcp' as const,
})
const ports = [port(8080, 80), port(8443, 443)]

describe('a route answers at', () => {
  it('the names that it has in common with its listeners, or theirs where it has none', () => {
    const names = (spec: object, ...listeners: readonly object[]) =>
      routeNames(route(spec), 'shop', around(...listeners).listeners).map(({ host }) => host)
    const wild = { ...http, hostname: '*.shop.test' }
    expect(names({ hostnames: ['a.shop.test', 'b.test'] }, wild)).toEqual(['a.shop.test'])
    expect(names({}, { ...http, hostname: 'own.test' })).toEqual(['own.test'])
    expect(names({ hostnames: ['a.test'] }, http)).toEqual(['a.test'])
    expect(names({ hostnames: ['a.test'], parentRefs: [{ name: 'elsewhere' }] }, http)).toEqual(['a.test'])
    expect(names({ hostnames: ['a.test'], parentRefs: [{ name: 'g', sectionName: 'x' }] }, http)).toEqual([])
    expect(commonName('*.shop.test', '*.test')).toBe('*.shop.test')
    expect(commonName('a.test', 'b.test')).toBeUndefined()
  })

  it('names under a wildcard that are used, of any depth', () => {
    const spec = { hostnames: ['*.demo.test'] }
    const used = ['a.demo.test', 'b.a.demo.test', 'demo.test']
    expect(hostsOf([route(spec)], used, around(http))).toEqual(['a.demo.test', 'b.a.demo.test'])
  })
})

describe('an address of a route', () => {
  const urls = (spec: object, ...listeners: readonly object[]) =>
    endpointsOf('web', [route(spec)], ports, { around: around(...listeners) }).map(({ url }) => url)

  it('is HTTPS where a listener is, on the port that leads there, with the shortest path', () => {
    const rules = [{ matches: [{ path: { value: '/api/v2' } }, { path: { value: '/api' } }] }]
    expect(urls({ hostnames: ['a.test'], rules }, http)).toEqual(['http://a.test:8080/api'])
    expect(urls({ hostnames: ['a.test'], rules: [{}] }, http, https)).toEqual(['https://a.test:8443'])
    expect(urls({ rules }, http)).toEqual(['http://localhost:8080/api'])
    expect(urls({ hostnames: ['a.test'] }, { ...http, port: 9000 })).toEqual([])
  })

  it('is where smoke tests go: by the scheme of its listener, whatever the file has for others', () => {
    const known = (listener: object) => ({
      objects: [gateway(listener), route({ hostnames: ['a.test'], rules: [{ backendRefs: [{ name: 's' }] }] })].map(
        (object) => ({ object, at: { file: 'x' } }),
      ),
      exposed: [],
      hosts: ['a.test'],
    })
    const urlOf = (listener: object, authority?: string) => {
      const reach = reachesOf([{ id: 'service/a', namespace: 'shop' }], new Map([['service/a', known(listener)]]))
      const target = { step: 'service/a', ports, hosts: [], ...reach.get('service/a'), ...(authority && { authority }) }
      return placeOf({ method: 'GET', headers: {}, timeoutMs: 1, path: '/' }, target).url
    }
    expect(urlOf(http)).toBe('http://a.test:8080/')
    expect(urlOf(http, 'PEM')).toBe('http://a.test:8080/')
    expect(urlOf(https)).toBe('https://a.test:8443/')
  })
})
