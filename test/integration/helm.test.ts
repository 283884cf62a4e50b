import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { realTool } from '../support/real-tools.ts'
import { deployment, passwords, shop, type Shop } from './shop.ts'

const file = `name: shop
hosts: { mode: none }
services:
  app:
    namespace: shop
    deploy: { helm: { chart: ./chart, release: "{name}-one", set: { password: ${passwords.api} } } }
`

const templates = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
  'chart/values.yaml': 'replicas: 1\npassword: ""\n',
  'chart/templates/app.yaml': deployment('app', 'example/app:1').replace(
    'spec:',
    'spec:\n  replicas: {{ .Values.replicas }}',
  ),
  'chart/templates/secret.yaml':
    'apiVersion: v1\nkind: Secret\nmetadata: { name: app }\nstringData: { password: {{ .Values.password }} }\n',
}

describe.each(['helm3', 'helm4'] as const)('a chart with %s', (name) => {
  const helm = realTool(name)
  let at: Shop
  beforeAll(async () => {
    if (helm === undefined) return
    at = await shop({ tools: { helm } })
    await at.write('kindup.yaml', file)
    for (const [path, text] of Object.entries(templates)) await at.write(path, text)
  })
  afterAll(() => at?.[Symbol.asyncDispose]())

  const results = async () =>
    Object.fromEntries((await at.well('up', '--json')).json().steps.map(({ id, result }) => [id, result]))
  const helmCalls = () => at.calls.filter((line) => /^helm (?!version)/.test(line))
  const releases = () =>
    at
      .api('shop')
      .state.list({ apiVersion: 'v1', kind: 'Secret', namespace: 'shop' })
      .filter(({ metadata }) => metadata.labels?.['owner'] === 'helm')
  const app = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'app' }

  it.skipIf(helm === undefined)('is installed after a helm that was killed in the middle of it', async () => {
    let kill: (() => void) | undefined
    at.at('helm upgrade', (call) => {
      kill = () => call.kill('SIGKILL')
      return undefined
    })
    const half = Promise.withResolvers<void>()
    at.at('kind: Joining worker nodes', () => {
      at.api('shop').state.intercept(({ method, path }) => {
        // What is asked before helm begins (a dry run) is none of its own.
        if (!kill || method === 'GET' || !path.includes('/namespaces/shop/deployments')) return undefined
        at.api('shop').state.intercept(undefined)
        // Before helm can note that it failed.
        kill()
        half.resolve()
        return 'cut'
      })
      return undefined
    })
    const running = at.start(['up'])
    const early = running.ended.then(({ stderr }) => {
      throw new Error(`it ended before helm did anything:\n${stderr}`)
    })
    await Promise.race([half.promise, early])
    running.kill('SIGKILL')
    await running.ended
    expect(releases().map(({ metadata }) => metadata.labels?.['status'])).toEqual(['pending-install'])
    expect(await results()).toMatchObject({ 'service/app': expect.stringMatching(/^(created|updated)$/) })
    expect(at.api('shop').state.get(app)).toMatchObject({ spec: { replicas: 1 } })
  })

  it.skipIf(helm === undefined)('is not touched again while nothing changes: no helm is called', async () => {
    const before = helmCalls().length
    expect(await results()).toEqual({
      'cluster/api': 'unchanged',
      'cluster/nodes': 'unchanged',
      'service/app': 'unchanged',
    })
    expect(helmCalls().slice(before)).toEqual([])
  })

  it.skipIf(helm === undefined)('is upgraded when a value changes', async () => {
    await at.edit('set: {', 'set: { replicas: 2,')
    expect(await results()).toMatchObject({ 'service/app': 'updated' })
    expect(at.api('shop').state.get(app)).toMatchObject({ spec: { replicas: 2 } })
  })

  it.skipIf(helm === undefined)('is uninstalled under its old name when the release gets another', async () => {
    await at.edit('{name}-one', '{name}-two')
    expect(await results()).toMatchObject({ 'service/app': 'updated' })
    expect(new Set(releases().map(({ metadata }) => metadata.labels?.['name']))).toEqual(new Set(['app-two']))
    expect(at.api('shop').state.get(app)).toBeDefined()
  })

  it.skipIf(helm === undefined)('goes with its namespace when the file no longer has it', async () => {
    await at.write('kindup.yaml', 'name: shop\nhosts: { mode: none }\n')
    expect(await results()).toMatchObject({ 'service/app': 'removed' })
    expect(at.api('shop').state.get({ apiVersion: 'v1', kind: 'Namespace', name: 'shop' })).toBeUndefined()
  })
})
