import { expect, it } from 'vitest'
import type { SmokeConfig } from '../../../../core/config/config.ts'
import type { Port } from '../../../../core/step.ts'
import { placeOf } from '../../../../manifests/smoke/where.ts'

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
