import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTcp, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeKube } from '../../../../cluster/kube/make-kube.ts'
import type { Kube } from '../../../../cluster/kube/kube.ts'
import type { SmokeConfig } from '../../../../config/config.ts'
import { EnvironmentError } from '../../../../core/errors.ts'
import type { Context } from '../../../../core/step.ts'
import type { Inside } from '../../../../services/smoke/service.ts'
import { runSmoke, type SmokeResult } from '../../../../services/smoke/smoke.ts'
import type { ApiServer } from '../../../support/api-server/start-api-server.ts'
import { startApiServer } from '../../../support/api-server/start-api-server.ts'
import { firstTry } from '../../../support/first-try.ts'

let folder: string
let api: ApiServer
let kube: Kube
const servers: Server[] = []

const listening = async (answer: RequestListener): Promise<number> => {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const closedPort = async (): Promise<number> => {
  const server = createTcp()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Says what it was asked; `/status/N` answers with N, `/page` with a page, `/never` not at all. */
const application: RequestListener = (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { url = '', method, headers } = request
    if (url === '/never') return
    if (url === '/page') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<a href="/list">list</a>')
      return
    }
    response.writeHead(Number(/^\/status\/(\d+)$/.exec(url)?.[1] ?? 200), { 'content-type': 'application/json' })
    response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }))
  })
}

type Port = {
  readonly name?: string
  readonly port: number
  readonly targetPort?: number | string
  readonly protocol?: string
}

/** A Service with its slice, as the API writes it: null where there is nothing. */
const putService = (
  name: string,
  ports: readonly Port[],
  parts: { readonly spec?: object; readonly ready?: boolean | 'none'; readonly open?: readonly object[] } = {},
): void => {
  const metadata = { name, namespace: 'dev' }
  const spec = { clusterIP: '10.96.0.7', selector: { app: name }, ports, ...parts.spec }
  api.state.put({ apiVersion: 'v1', kind: 'Service', metadata, spec })
  const { ready = true } = parts
  api.state.put({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, name: `${name}-x1`, labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: ready === 'none' ? null : [{ addresses: ['10.244.0.5'], conditions: { ready } }],
    ports:
      ready === 'none'
        ? null
        : (parts.open ??
          ports.map(({ name: label = '', port, targetPort }) => ({
            name: label,
            port: typeof targetPort === 'number' ? targetPort : port,
            protocol: 'TCP',
          }))),
  })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-service-'))
  const port = await listening(application)
  api = await startApiServer({
    behaviours: { 'starting-1': 'image-missing' },
    endpoints: {
      'dev/web:80': port,
      'dev/two:80': port,
      'dev/two:81': await closedPort(),
      'dev/secure:443': port,
      'dev/headless:8000': port,
    },
  })
  await writeFile(join(folder, 'kubeconfig'), api.kubeconfig)
  kube = await makeKube({ kubeconfig: join(folder, 'kubeconfig'), context: 'kind-test' })
  api.state.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'dev' } })
  putService('web', [{ name: 'http', port: 80, targetPort: 8000 }])
  putService('two', [
    { name: 'a', port: 80, targetPort: 8000 },
    { name: 'b', port: 81, targetPort: 9999 },
  ])
  putService('secure', [{ port: 443, targetPort: 8443 }])
  putService('headless', [{ port: 8000 }], { spec: { clusterIP: 'None' } })
  putService('nobody', [{ port: 80 }], { ready: 'none' })
  putService('gone', [{ port: 80 }], { ready: 'none', spec: { selector: null } })
  putService('starting', [{ port: 80 }], { ready: false })
  putService('misnamed', [{ name: 'http', port: 80, targetPort: 'htttp' }], { open: [] })
  putService('names', [{ port: 53, protocol: 'UDP' }])
  putService('elsewhere', [], { spec: { type: 'ExternalName', externalName: 'db.example.org' } })
  api.state.put({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'starting-1', namespace: 'dev', labels: { app: 'starting' } },
    spec: { containers: [{ name: 'main', image: 'x' }] },
  })
})

afterAll(async () => {
  await api.stop()
  for (const server of servers) server.closeAllConnections()
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  await rm(folder, { recursive: true })
})

const quiet: Context = {
  signal: new AbortController().signal,
  timeoutMs: 120_000,
  report: () => undefined,
  warn: () => undefined,
}

const run = (parts: Partial<SmokeConfig>, inside: Partial<Inside> = {}, ctx = quiet): Promise<SmokeResult> =>
  runSmoke(
    { service: 'web', method: 'GET', headers: {}, timeoutMs: 120_000, ...parts },
    {
      step: 'service/web@dev',
      ports: [],
      hosts: [],
      inside: {
        namespace: 'dev',
        kube: () => Promise.resolve(kube),
        connect: () => Promise.reject(new Error('nothing connects here')),
        ...inside,
      },
    },
    ctx,
  )

const runWrong = (...[parts, inside]: Parameters<typeof run>) => firstTry((ctx) => run(parts, inside, ctx))

describe.concurrent('a smoke test that asks a Service', () => {
  it('is answered by its application, past the Ingress', async () => {
    const json = { method: 'GET', url: '/echo?a=%2F', headers: { host: 'web.dev.svc' } }
    expect(await run({ path: '/echo?a=%2F', json })).toMatchObject({
      ok: true,
      status: 200,
      name: 'GET /echo?a=%2F',
      url: 'http://web.dev.svc/echo?a=%2F',
    })
  })

  it('sends method, headers and body, and says of a JSON body that it is one', async () => {
    const asked = { path: '/echo', method: 'POST', headers: { 'x-key': '1', Host: 'other.test' }, body: '{"ü":1}' }
    const headers = { 'x-key': '1', host: 'other.test', 'content-type': 'application/json' }
    expect(await run({ ...asked, json: { method: 'POST', body: '{"ü":1}', headers } })).toMatchObject({ ok: true })
  })

  it('sends a path as people write it', async () => {
    const json = { url: '/search?q=a%20b&c=%C3%BC%F0%9F%90%88&d=%2F' }
    expect(await run({ path: '/search?q=a b&c=ü🐈&d=%2F', json })).toMatchObject({ ok: true })
  })

  it('sees a page as the application wrote it', async () => {
    expect(await run({ path: '/page', text: '<a href="/list">' })).toMatchObject({ ok: true })
  })

  it('asks the port that it names, and a Service without an address of its own', async () => {
    expect(await run({ service: 'two', path: '/', port: 80 })).toMatchObject({ ok: true })
    expect(await run({ service: 'headless', path: '/' })).toMatchObject({ ok: true })
  })

  it.each<[string, Partial<SmokeConfig>, RegExp]>([
    [
      'a wrong name',
      { service: 'wbe', path: '/' },
      /name is at fault: there is no Service wbe in namespace dev; there are .*web/,
    ],
    [
      'a wrong port',
      { path: '/', port: 8000 },
      /port is at fault.*no TCP port 8000, but 80 \(http\)\. 8000 is the target port of its port 80/,
    ],
    ['two ports to choose from', { service: 'two', path: '/' }, /two has the ports 80, 81: say which/],
    [
      'a selector that fits no pod',
      { service: 'nobody', path: '/' },
      /Service is at fault: nobody selects app=nobody, and no pod/,
    ],
    ['no selector', { service: 'gone', path: '/' }, /Service is at fault: gone selects no pods/],
    [
      'pods that are not ready',
      { service: 'starting', path: '/' },
      /application is at fault.*starting-1: image x cannot be pulled/,
    ],
    ['a target port that no pod has', { service: 'misnamed', path: '/' }, /no port called htttp/],
    ['UDP alone', { service: 'names', path: '/' }, /names has no TCP port/],
    ['another name for something', { service: 'elsewhere', path: '/' }, /another name for db\.example\.org/],
    [
      'pods that refuse',
      { service: 'two', path: '/', port: 81 },
      /Service is at fault: .*two refuse connections at 9999/,
    ],
    ['what speaks no TLS', { service: 'secure', path: '/' }, /application is at fault: 8443.*speaks no HTTPS/],
    ['a request that is wrong', { path: '/status/400' }, /application answers.*status 400 instead of 200 to 399/],
    ['an application that fails', { path: '/status/503' }, /application answers.*status 503/],
    ['an application without that path', { path: '/status/404' }, /application answers.*status 404/],
    ['a body', { path: '/echo', json: { method: 'PUT' } }, /\$\.method is "GET" instead of "PUT"/],
    [
      'an application that never answers',
      { path: '/never' },
      /application is at fault: a pod behind web takes the request/,
    ],
  ])('says who is at fault: %s', async (_, parts, words) => {
    const result = await runWrong(parts)
    expect(result.ok).toBe(false)
    expect(result.message).toMatch(words)
  })

  it('passes with status 404 where that is what is wanted', async () => {
    expect(await run({ path: '/status/404', status: 404 })).toMatchObject({ ok: true, status: 404 })
  })

  it('says so when the API itself is away', async () => {
    const away = () => Promise.reject(new EnvironmentError('api-unreachable', 'The API cannot be reached.'))
    expect(await runWrong({ path: '/' }, { kube: away })).toMatchObject({
      ok: false,
      message: 'The API cannot be reached.',
    })
  })
})

describe.concurrent('a smoke test that connects to a Service', () => {
  const connecting = (answer?: string) => {
    const to: string[] = []
    const connect: Inside['connect'] = ({ address, port }) => {
      to.push(`${address}:${port}`)
      return Promise.resolve(answer)
    }
    return { to, connect }
  }

  it.each<[string, Partial<SmokeConfig>, readonly string[], { name: string; url: string }]>([
    [
      'every TCP port',
      { service: 'two' },
      ['10.96.0.7:80', '10.96.0.7:81'],
      { name: 'service two', url: 'tcp://two.dev.svc' },
    ],
    [
      'the one that it names',
      { service: 'two', tcp: 81 },
      ['10.96.0.7:81'],
      { name: 'tcp 81', url: 'tcp://two.dev.svc:81' },
    ],
    [
      'the one that it names as port',
      { service: 'two', port: 81 },
      ['10.96.0.7:81'],
      { name: 'service two', url: 'tcp://two.dev.svc:81' },
    ],
    [
      'an endpoint, where there is no address',
      { service: 'headless' },
      ['10.244.0.5:8000'],
      { name: 'service headless', url: 'tcp://headless.dev.svc' },
    ],
  ])('connects to %s', async (_, parts, expected, shown) => {
    const { to, connect } = connecting()
    expect(await run(parts, { connect })).toMatchObject({ ok: true, ...shown })
    expect(to).toEqual(expected)
  })

  it.each([
    ['Connection refused', /Service is at fault: the pods behind web refuse connections at 8000/],
    ['no answer within 5 s', /Service is at fault: port 80 of web cannot be connected to \(no answer within 5 s\)/],
  ])('says who is at fault: %s', async (why, words) => {
    const { connect } = connecting(why)
    expect((await runWrong({}, { connect })).message).toMatch(words)
  })
})
