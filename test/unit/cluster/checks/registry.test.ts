import { createServer, type AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { registryCheck } from '../../../../cluster/checks/registry.ts'
import type { Container } from '../../../../cluster/engine/engine.ts'
import { registryLabel, registryName } from '../../../../cluster/registry/names.ts'
import { madeConfig } from '../../../support/made-config.ts'
import { dependencies, madeEngine } from './surroundings.ts'

const server = createServer()
let port = 0
beforeEach(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterEach(() => new Promise((resolve) => server.close(resolve)))

const check = (state: Pick<Container, 'running' | 'paused'>) => {
  const name = registryName(port)
  const made = madeConfig()
  const registry: Container = { name, labels: { [registryLabel]: name }, ports: [], ...state }
  const config = { ...made, cluster: { ...made.cluster, registry: { port, keep: false } } }
  const engine = { ...madeEngine(), container: () => Promise.resolve(registry) }
  return registryCheck.run(dependencies({ config, engine: () => Promise.resolve(engine as never) }))
}

test("the port of kindup's own registry is not taken by it, though it is paused", async () => {
  expect(await check({ running: true })).toMatchObject({ state: 'ok' })
  expect(await check({ running: false, paused: true })).toMatchObject({ state: 'ok' })
})

test('one that is stopped and whose port another has is told', async () => {
  expect(await check({ running: false })).toMatchObject({ state: 'failed' })
})
