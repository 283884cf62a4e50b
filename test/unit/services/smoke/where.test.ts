import { expect, it } from 'vitest'
import type { SmokeConfig } from '../../../../config/config.ts'
import type { Port } from '../../../../core/step.ts'
import type { Entrances } from '../../../../services/smoke/entrances.ts'
import { placeOf, type Target } from '../../../../services/smoke/where.ts'

const smoke = (parts: Partial<SmokeConfig>): SmokeConfig => ({ method: 'GET', headers: {}, timeoutMs: 1000, ...parts })
const place = (parts: Partial<SmokeConfig>, ...ports: readonly Port[]) => {
  const found = placeOf(smoke(parts), { step: 'service/web', ports, hosts: ['web.test'] })
  if ('problem' in found) throw new Error(found.problem)
  const { url, address, port } = found
  return { url, address, port }
}
const here = (hostPort: number, nodePort: number, written?: number): Port => ({
  address: '127.0.0.1',
  hostPort,
  nodePort,
  protocol: 'tcp',
  ...(written === undefined ? {} : { written }),
})

it('a port of the file leads to the port that took its place', () => {
  // 8080 of the file went to 8081, and 8080 itself was free for what wanted 80.
  const ports = [here(8080, 80, 80), here(8081, 30_080, 8080)]
  expect(place({ path: '/' }, ...ports)).toEqual({ url: 'http://web.test:8080/', address: '127.0.0.1', port: 8080 })
  expect(place({ path: '/', port: 8080 }, ...ports).port).toBe(8081)
  expect(place({ tcp: 8080 }, ...ports)).toMatchObject({ url: 'tcp://localhost:8081', port: 8081 })
  expect(place({ url: 'http://localhost:8080/x?y=1' }, ...ports)).toEqual({
    url: 'http://localhost:8081/x?y=1',
    address: '127.0.0.1',
    port: 8081,
  })
})

it('an engine elsewhere is asked at its own machine, under the name of the service', () => {
  const away = { ...here(80, 80), address: 'build.test' }
  expect(place({ path: '/' }, away)).toEqual({ url: 'http://web.test/', address: 'build.test', port: 80 })
  const db = { ...here(5432, 30_432), address: 'build.test' }
  expect(place({ tcp: 5432 }, db)).toEqual({ url: 'tcp://build.test:5432', address: 'build.test', port: 5432 })
  expect(place({ path: '/', port: 5432, host: 'localhost' }, db).url).toBe('http://build.test:5432/')
})

it('what a port is bound to is where it is reached', () => {
  expect(place({ tcp: 5432 }, { ...here(5432, 30_432), address: '10.0.0.7' })).toMatchObject({
    url: 'tcp://10.0.0.7:5432',
    address: '10.0.0.7',
  })
  expect(place({ tcp: 5432 }, { ...here(5432, 30_432), address: '0.0.0.0' })).toMatchObject({ address: '127.0.0.1' })
})

const entrance = (nodePort: number, scheme: '' | 'http' | 'https' = 'http') =>
  ({ nodePort, protocol: 'tcp', scheme }) as const
const placed = (parts: Partial<SmokeConfig>, entrances: Entrances, more: Partial<Target> = {}) => {
  const ports = [here(80, 80), here(3002, 30_432), here(3003, 30_433)]
  const found = placeOf(smoke(parts), { step: 'service/web', ports, hosts: [], ...more, entrances })
  return 'problem' in found ? found.problem : found.url
}
const onlyPort: Entrances = { ingress: false, ports: [entrance(30_432)] }

it('goes to the port that a service has, where no Ingress leads to it', () => {
  expect(placed({ path: '/health' }, onlyPort)).toBe('http://localhost:3002/health')
  expect(placed({ path: '/' }, { ingress: false, ports: [entrance(30_432, 'https')] })).toBe('https://localhost:3002/')
  expect(placed({ path: '/' }, { ingress: false, ports: [entrance(30_432, '')] })).toBe('http://localhost:3002/')
  expect(placed({ path: '/' }, onlyPort, { hosts: ['web.test'] })).toBe('http://web.test:3002/')
})

it('takes what speaks HTTP of several ports', () => {
  const ports = [entrance(30_432, ''), entrance(30_433, 'http')]
  expect(placed({ path: '/' }, { ingress: false, ports })).toBe('http://localhost:3003/')
  expect(placed({ path: '/' }, { ingress: false, ports: [entrance(30_432, 'https'), entrance(30_433)] })).toBe(
    'http://localhost:3003/',
  )
})

it('goes through the Ingress where there is one, of its own or by a name that somebody else serves', () => {
  expect(placed({ path: '/' }, { ...onlyPort, ingress: true })).toBe('http://localhost/')
  const known = { localHosts: ['shop.test'] }
  expect(placed({ path: '/', host: 'shop.test' }, onlyPort, known)).toBe('http://shop.test/')
  expect(placed({ path: '/', host: 'other.test' }, onlyPort, known)).toBe('http://other.test:3002/')
})

it('says that nothing leads there, and names no port that nothing maps', () => {
  const nothing: Entrances = { ingress: false, ports: [] }
  expect(placed({ path: '/' }, nothing)).toMatch(/^Nothing leads to service\/web from this machine/)
  // Nobody maps it.
  expect(placed({ path: '/' }, { ingress: false, ports: [entrance(31_000)] })).toContain('node port 31000')
  expect(placed({ path: '/' }, nothing, { catchAll: true })).toBe('http://localhost/')
  const without = placed({ path: '/' }, { ingress: true, ports: [] }, { ports: [here(3002, 30_432), here(6443, 6443)] })
  expect(without).toContain('port: 3002')
  expect(without).not.toContain('8080')
  expect(without).not.toContain('6443')
  expect(placed({ path: '/' }, { ingress: true, ports: [] }, { ports: [] })).not.toMatch(/port: \d/)
})

it('goes over HTTPS where the ingress has a certificate for every host, and checks whose it is', () => {
  const both = [here(8080, 80), here(8443, 443)]
  const target = { step: 'service/web', hosts: ['web.test'], authority: 'PEM', ownCertificates: ['own.test'] }
  const at = (parts: Partial<SmokeConfig>, ports: readonly Port[]) => placeOf(smoke(parts), { ...target, ports })
  expect(at({ path: '/x' }, both)).toMatchObject({
    url: 'https://web.test:8443/x',
    port: 8443,
    secure: true,
    authority: 'PEM',
  })
  // One that an Ingress brings itself may be signed by anybody.
  expect(at({ path: '/', host: 'own.test' }, both)).toMatchObject({ url: 'https://own.test:8443/', secure: true })
  expect(at({ path: '/', host: 'own.test' }, both)).not.toHaveProperty('authority')
  expect(at({ url: 'http://web.test/' }, both)).toMatchObject({ url: 'http://web.test:8080/', secure: false })
  expect(at({ path: '/' }, [here(8080, 80)])).toMatchObject({ url: 'http://web.test:8080/', secure: false })
})
