import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shop, type Shop } from './shop.ts'

/** The one port of the node leads to a node port of `web`, which nothing else leads to. */
const nodePorts = `name: shop
cluster: { nodes: [{ role: control-plane, ports: ["0:30432"] }] }
hosts: { mode: none }
services:
  web:
    namespace: web
    deploy: { manifests: [./web.yaml] }
    smoke: [{ path: /health, timeout: 2s }]
  api:
    namespace: api
    deploy: { manifests: [./api.yaml] }
    smoke: [{ path: /health, timeout: 2s }]
`
const workload = (name: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: ${name}, image: "example/${name}:1", readinessProbe: { tcpSocket: { port: 80 } } }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name} }
`

describe('smoke tests of services without an Ingress', () => {
  let at: Shop
  beforeAll(async () => {
    at = await shop()
    await at.write('kindup.yaml', nodePorts)
    await at.write(
      'web.yaml',
      `${workload('web')}spec: { type: NodePort, selector: { app: web }, ports: [{ name: http, port: 80, nodePort: 30432 }] }\n`,
    )
    await at.write('api.yaml', `${workload('api')}spec: { selector: { app: api }, ports: [{ port: 80 }] }\n`)
  })
  afterAll(() => at[Symbol.asyncDispose]())

  it('plan says which one nothing leads to, with its line and what to write', async () => {
    const plan = await at.well('plan', '--json')
    expect(plan.json()['problems']).toEqual([
      {
        step: 'service/api',
        at: { file: at.path('kindup.yaml'), line: 12, column: 13 },
        severity: 'warning',
        message: expect.stringContaining('Nothing leads to service/api from this machine'),
        fix: expect.stringContaining('{ service: api, path: / }'),
      },
    ])
  })

  it('up asks the one at its port, and does not fail for what was said before', async () => {
    const up = await at.well('up', '--json')
    expect(up.json().smoke).toEqual([
      expect.objectContaining({
        step: 'service/web',
        ok: true,
        url: expect.stringMatching(/^http:\/\/localhost:\d+\/health$/),
      }),
    ])
    expect(up.json()['warnings']).toEqual([expect.stringContaining('Nothing leads to service/api')])
  })

  it('test, which is asked for it, says that it failed', async () => {
    const ran = await at.run('test', '--json')
    expect(ran.code).toBe(1)
    expect(ran.json().smoke.map(({ ok }) => ok)).toEqual([true, false])
  })
})
