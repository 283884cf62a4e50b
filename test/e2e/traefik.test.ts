import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cacheFolder } from '../../core/paths.ts'
import { keptAt } from '../../manifests/plain/kept.ts'
import { touched, type UpDocument } from '../support/example.ts'
import { realCluster, root, whyNoCluster, type RealCluster } from '../support/real-cluster.ts'

const release = 'https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.6.1/standard-install.yaml'
const isRequired = process.env['KINDUP_E2E'] === 'required'

const why = whyNoCluster(['traefik', 'ingress-nginx'], ['python:3.13-alpine', 'traefik:v3.7.11'])
const hasDefinitions = isRequired || existsSync(keptAt(release, cacheFolder(process.env)))
if (!hasDefinitions) console.warn(`SKIPPED: ${release} is not in the cache; Traefik is not tried on a real cluster.`)

describe.skipIf(why !== undefined || !hasDefinitions)('Traefik', () => {
  let cluster: RealCluster
  let folder = ''
  let first: UpDocument
  const file = (): string => join(folder, 'kindup.yaml')
  const hosts = ({ endpoints }: UpDocument): readonly string[] => endpoints.map(({ url }) => new URL(url).hostname)
  const passed = ({ smoke }: UpDocument): readonly boolean[] => smoke.map(({ ok }) => ok)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kindup-traefik-'))
    await cp(join(root, 'test', 'fixtures', 'traefik'), folder, { recursive: true })
    cluster = await realCluster('kindup-e2e-traefik', file())
    first = await cluster.json<UpDocument>(['up'])
  })
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  it('serves Ingresses of each class and of none, with annotations of ingress-nginx, and routes of two Gateways', () => {
    expect(hosts(first).toSorted()).toEqual([
      'any.wild.demo.test',
      'nginx.demo.localhost',
      'own.demo.localhost',
      'plain.demo.localhost',
      'route.demo.localhost',
      'traefik.demo.localhost',
    ])
    expect(passed(first)).toEqual([true, true, true, true, true, true])
    // Each was known as soon as it was there: none is warned of.
    expect(first.warnings.filter((text) => text.includes('does not know it yet'))).toEqual([])
  })

  it('is there already for the second up, and status says so', async () => {
    expect(touched(await cluster.json<UpDocument>(['up']))).toEqual([])
    expect(await cluster.json(['status'])).toMatchObject({ healthy: true })
    const programmed = '{.items[*].status.conditions[?(@.type=="Programmed")].status}'
    expect(cluster.kubectl('get', 'gateways', '--all-namespaces', '--output', `jsonpath=${programmed}`)).toBe(
      'True True',
    )
  })

  it('has a route that leads nowhere named by status', async () => {
    const lead = (value: string) => {
      const patch = JSON.stringify([{ op: 'replace', path: '/spec/rules/0/backendRefs/0/name', value }])
      cluster.kubectl('--namespace', 'route', 'patch', 'httproute', 'own', '--type', 'json', '--patch', patch)
    }
    lead('nobody')
    const unresolved = '--for=jsonpath={.status.parents[0].conditions[?(@.type=="ResolvedRefs")].status}=False'
    cluster.kubectl('--namespace', 'route', 'wait', 'httproute/own', unresolved, '--timeout', '60s')
    expect(await cluster.json(['status'])).toMatchObject({
      steps: expect.arrayContaining([
        { id: 'service/route', state: 'ready', why: expect.stringContaining('HTTPRoute route/own') },
      ]),
    })
    lead('api')
  })

  it('gives way to ingress-nginx, and takes over again with certificates: the same names answer', async () => {
    const [text, web] = await Promise.all([readFile(file(), 'utf8'), readFile(join(folder, 'k8s/web.yaml'), 'utf8')])
    const ofNginx = text
      .replace('{ traefik: true, gateway: true }', '{ ingress-nginx: true }')
      .replace(/ {6}- .*traefik\.demo\.localhost.*\n/, '')
      .replace(/ {2}route:[^]*/, '')
    await writeFile(file(), ofNginx)
    await writeFile(join(folder, 'k8s/web.yaml'), web.slice(0, web.lastIndexOf('---')))
    const nginx = await cluster.json<UpDocument>(['up'])
    expect(hosts(nginx).toSorted()).toEqual(['any.wild.demo.test', 'nginx.demo.localhost', 'plain.demo.localhost'])
    expect(passed(nginx)).toEqual([true, true, true])
    expect(nginx.warnings.filter((one) => one.includes('retired'))).toHaveLength(1)
    expect(touched(await cluster.json<UpDocument>(['up']))).toEqual([])

    await writeFile(file(), text.replace('addons:', 'tls: true\naddons:'))
    await writeFile(join(folder, 'k8s/web.yaml'), web)
    // A listener of its own gets the same certificate, beside its Gateway.
    const route = join(folder, 'k8s/route.yaml')
    const https =
      'name: https, protocol: HTTPS, port: 443, hostname: own.demo.localhost, tls: { certificateRefs: [{ name: kindup-tls }] }'
    const routes = await readFile(route, 'utf8')
    await writeFile(
      route,
      routes.replace('listeners: [', `listeners: [{ ${https} }, `).replace(', sectionName: http', ''),
    )
    const back = await cluster.json<UpDocument>(['up'])
    expect(passed(back)).toEqual([true, true, true, true, true, true])
    expect(hosts(back).toSorted()).toEqual(hosts(first).toSorted())
    expect(back.endpoints).toSatisfy((all: UpDocument['endpoints']) =>
      all.every(({ url }) => url.startsWith('https://')),
    )
    expect(touched(await cluster.json<UpDocument>(['up']))).toEqual([])
  })
})
