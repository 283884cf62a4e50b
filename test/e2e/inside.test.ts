import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { UpDocument } from '../support/example.ts'
import { realCluster, whyNoCluster, type RealCluster } from '../support/real-cluster.ts'

const config = `
name: inside
cluster: { nodes: [{ role: control-plane, ports: ["0:30080"] }] }
services:
  web: { namespace: web, deploy: { manifests: [./web.yaml] } }
`
const objects = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 0
      containers:
        - name: web
          image: python:3.13-alpine
          command: [python3, -u, -m, http.server, "8000", -d, /etc/ssl]
          ports: [{ containerPort: 8000 }]
          readinessProbe: { httpGet: { path: /, port: 8000 }, periodSeconds: 1 }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { type: NodePort, selector: { app: web }, ports: [{ name: http, port: 80, targetPort: 8000, nodePort: 30080 }] }
`

describe.skipIf(whyNoCluster([], ['python:3.13-alpine']) !== undefined)('what is looked at inside', () => {
  let cluster: RealCluster
  let folder = ''
  let first: UpDocument

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kindup-inside-'))
    await writeFile(join(folder, 'kindup.yaml'), config)
    await writeFile(join(folder, 'web.yaml'), objects)
    cluster = await realCluster('kindup-e2e-inside', join(folder, 'kindup.yaml'))
    first = await cluster.json<UpDocument>(['up'])
  })
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  const scale = (namespace: string, name: string, replicas: number) =>
    cluster.kubectl('--namespace', namespace, 'scale', 'deployment', name, '--replicas', String(replicas))
  const without = (namespace: string, name: string, selector: string): void => {
    scale(namespace, name, 0)
    const gone = ['--for=delete', 'pod', '--selector', selector, '--timeout', '60s']
    cluster.kubectl('--namespace', namespace, 'wait', ...gone)
  }
  const back = (namespace: string, name: string): void => {
    scale(namespace, name, 1)
    cluster.kubectl('--namespace', namespace, 'rollout', 'status', `deployment/${name}`, '--timeout', '120s')
  }

  it('is a log with the requests of the probe', async () => {
    const { lines } = await cluster.json<{ readonly lines: readonly object[] }>(['logs', 'web'])
    expect(JSON.stringify(lines)).toContain('GET / HTTP/1.1')
  })

  it('is a program in a container, with its exit code', async () => {
    const at = ['--config', join(folder, 'kindup.yaml'), '--name', 'kindup-e2e-inside']
    const ran = await cluster.home.kindup(['shell', 'web', ...at, '--json', '--', 'sh', '-c', 'echo here; exit 7'])
    expect(JSON.parse(ran.stdout)).toMatchObject({
      step: 'service/web',
      code: 7,
      stdout: expect.stringContaining('here'),
    })
    expect(ran.code).toBe(7)
  })

  it('is the address that open prints', async () => {
    const [endpoint] = first.endpoints
    expect(await cluster.json(['open', '--print'])).toMatchObject({ url: endpoint?.url, opened: false })
  })

  it('is a port of this machine that leads to the pod of now', async () => {
    const forward = cluster.start(['forward', 'web', '0:http'])
    const [address] = (await forward.printed('port 8000 of service/web')).trim().split(' ')
    const ask = async (): Promise<number> => (await fetch(`http://${address}/`)).status
    expect(await ask()).toBe(200)
    without('web', 'web', 'app=web')
    back('web', 'web')
    expect(await ask()).toBe(200)
    forward.kill('SIGINT')
    expect((await forward.ended).code).toBe(0)
  })

  it('is no debugger where the image has none, said in a sentence', async () => {
    const ran = await cluster.kindup(['debug', 'web'])
    expect(ran.code).toBe(1)
    expect(ran.stderr).toMatch(/debugpy/)
  })

  it('is the DNS that has no pods: status says it, as up does', async () => {
    without('kube-system', 'coredns', 'k8s-app=kube-dns')
    expect(await cluster.json(['status'])).toMatchObject({
      healthy: false,
      steps: expect.arrayContaining([
        { id: 'cluster/nodes', state: 'broken', why: expect.stringContaining('coredns of kube-system is scaled to 0') },
      ]),
    })
    expect((await cluster.kindup(['up'])).stderr).toContain('is scaled to 0')
    back('kube-system', 'coredns')
  })
})
