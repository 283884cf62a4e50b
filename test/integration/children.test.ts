import { expect, it } from 'vitest'
import { shop } from './shop.ts'

const secrets = {
  WEB_PASSWORD: 'of-the-application',
  NPM_TOKEN: 'of-the-builds',
  HELM_REGISTRY_PASSWORD: 'of-the-charts',
}

it('gives kind no secret of the environment that it does not need, and the engine what builds may ask for', async () => {
  await using at = await shop({ env: secrets })
  const heard = new Map<string, string>()
  for (const call of ['kind create cluster', 'docker build'])
    at.at(call, async (asked) => {
      heard.set(call, await asked.environment())
      return undefined
    })
  await at.well('up')
  expect(heard.get('kind create cluster')).toContain('HELM_REGISTRY_PASSWORD')
  for (const name of ['WEB_PASSWORD', 'NPM_TOKEN']) {
    expect(heard.get('kind create cluster')).not.toContain(name)
    expect(heard.get('docker build')).toContain(name)
  }
})
