import { createSocket, type Socket } from 'node:dgram'
import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { caCheck } from '../../../../cluster/checks/ca.ts'
import { contextsCheck } from '../../../../cluster/checks/contexts.ts'
import { dnsCheck } from '../../../../cluster/checks/dns.ts'
import { imagesCheck } from '../../../../cluster/checks/images.ts'
import { leftoversCheck } from '../../../../cluster/checks/leftovers.ts'
import { namesCheck } from '../../../../cluster/checks/names.ts'
import { networkCheck } from '../../../../cluster/checks/network.ts'
import { proxyCheck } from '../../../../cluster/checks/proxy.ts'
import { shownStep } from '../../../../cluster/checks/repair.ts'
import { wslCheck } from '../../../../cluster/checks/wsl.ts'
import { processIdentity } from '../../../../core/process-identity.ts'
import { madeConfig, madeImage } from '../../../support/made-config.ts'
import { nodeContainer, standInEngine } from '../../../support/stand-in-engine.ts'
import { standInRun, type Answer } from '../../../support/stand-in-run.ts'
import { selfSigned } from '../../../support/api-server/self-signed.ts'
import { madeEngine, dependencies } from './surroundings.ts'
import { shown } from '../../../../core/shown-command.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-machine-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('name servers', () => {
  const servers: Socket[] = []
  afterEach(() => servers.splice(0).forEach((server) => server.close()))

  /** Answers every question with these flags and, where told, one address. */
  const nameServer = async (answer: (query: Buffer) => Buffer | undefined): Promise<string> => {
    const socket = createSocket('udp4')
    servers.push(socket)
    socket.on('message', (query, { port, address }) => {
      const reply = answer(query)
      if (reply) socket.send(reply, port, address)
    })
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    return `127.0.0.1:${socket.address().port}`
  }
  /** The question again, its header saying: an answer, with that code and that many records. */
  const reply = (query: Buffer, code: number, records = Buffer.alloc(0)): Buffer => {
    const question = query.subarray(0, query.indexOf(0, 12) + 5)
    const copy = Buffer.from(question)
    copy.writeUInt16BE(0x8180 | code, 2)
    copy.writeUInt16BE(records.length > 0 ? 1 : 0, 6)
    copy.writeUInt16BE(0, 10)
    return Buffer.concat([copy, records])
  }
  const probe = async (server: string) => dnsCheck.run(dependencies({ nameServers: [server] }))

  it('that know registries are fine', async () => {
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7])
    const server = await nameServer((query) => reply(query, 0, record))
    expect(await probe(server)).toMatchObject({ state: 'ok', evidence: expect.stringContaining('192.0.2.7') })
  })

  it('that know nothing, or do not answer, are a warning, and soon', async () => {
    const knowsNothing = await nameServer((query) => reply(query, 3))
    expect(await probe(knowsNothing)).toMatchObject({
      state: 'warning',
      cause: expect.stringContaining('there is no such name'),
    })
    const silent = await nameServer(() => undefined)
    const started = performance.now()
    expect(await probe(silent)).toMatchObject({ state: 'warning', cause: expect.stringContaining('no answer in time') })
    // The system's own look-up gives up after 20 s.
    expect(performance.now() - started).toBeLessThan(15_000)
  })

  it('are the proxy’s concern where there is one', async () => {
    expect(await dnsCheck.run(dependencies({ env: { HTTPS_PROXY: 'http://proxy:1' } }))).toMatchObject({
      state: 'skipped',
    })
  })
})

describe('proxies', () => {
  const probe = (env: Readonly<Record<string, string>>) =>
    proxyCheck.run(dependencies({ env, hostNames: ['dev.web.test', 'prod.web.test'] }))

  it('that would be asked for the cluster’s names are a warning, with the line to paste', async () => {
    const env = { https_proxy: 'http://me:secret@proxy.test:3128', NO_PROXY: 'localhost,127.0.0.1,dev.web.test' }
    const found = await probe(env)
    expect(found).toMatchObject({
      state: 'warning',
      cause: expect.stringContaining('NO_PROXY lacks prod.web.test'),
      evidence: 'HTTPS_PROXY=http://proxy.test:3128',
      fix: expect.stringContaining("NO_PROXY='localhost,127.0.0.1,dev.web.test,prod.web.test'"),
    })
    expect(JSON.stringify(found)).not.toContain('secret')
  })

  it.each(['*', 'localhost,127.0.0.0/8,.web.test', 'localhost, 127.0.0.1, web.test', 'localhost,127.0.0.1,*.web.test'])(
    'are fine with NO_PROXY=%s',
    async (NO_PROXY) => {
      expect(await probe({ HTTP_PROXY: 'http://proxy:3128', NO_PROXY })).toMatchObject({ state: 'ok' })
    },
  )

  it('that are no address have failed', async () => {
    expect(await probe({ HTTP_PROXY: 'http://pro xy' })).toMatchObject({ state: 'failed' })
    expect(await probe({})).toMatchObject({ state: 'ok' })
  })

  it('of the engine itself are told without their login', async () => {
    const info = { proxies: ['http://me:secret@proxy.test:3128'] }
    const found = await proxyCheck.run(dependencies({ engine: async () => madeEngine({ info }) }))
    expect(found.evidence).toBe('the engine pulls through http://proxy.test:3128')
  })
})

describe('certificates of one’s own', () => {
  const probe = (name: string, file: string) => caCheck.run(dependencies({ env: { [name]: join(folder, file) } }))

  it.each(['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'])('of %s: missing, no PEM, damaged, and fine', async (name) => {
    const { ca } = selfSigned()
    await writeFile(join(folder, 'text'), 'hello\n')
    await writeFile(join(folder, 'broken'), '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')
    await writeFile(join(folder, 'good'), `# ours\n${ca}`)
    expect(await probe(name, 'away')).toMatchObject({
      state: 'failed',
      cause: `${name} names ${join(folder, 'away')}: there is no such file.`,
    })
    expect((await probe(name, 'text')).cause).toContain('holds no PEM certificate')
    expect((await probe(name, 'broken')).cause).toContain('certificate 1 of 1 is damaged')
    expect((await probe(name, '')).cause).toContain('cannot be read')
    expect(await probe(name, 'good')).toMatchObject({ state: 'ok', evidence: expect.stringContaining('(1)') })
  })
})

describe('the network kind', () => {
  const docker = {
    stdout: JSON.stringify([
      { Id: '0123456789abcdef', IPAM: { Config: [{ Subnet: '172.18.0.0/16', Gateway: '172.18.0.1' }] } },
    ]),
  }
  const ip = (address: string, cidr: string) => ({
    address,
    cidr,
    netmask: '',
    family: 'IPv4' as const,
    mac: '',
    internal: false,
  })
  const probe = async (
    interfaces: Record<string, ReturnType<typeof ip>[]>,
    { answer = docker, routes = '' }: { answer?: Answer; routes?: string } = {},
  ) => {
    await mkdir(join(folder, 'net'), { recursive: true })
    await writeFile(join(folder, 'net', 'route'), `Iface\n${routes}`)
    const { run } = standInRun({ 'docker network inspect kind': answer })
    const engine = async () => madeEngine({ command: 'docker' })
    return networkCheck.run(dependencies({ interfaces: () => interfaces, proc: folder, run, engine }))
  }
  const bridge = { 'br-0123456789ab': [ip('172.18.0.1', '172.18.0.1/16')], eth0: [ip('192.168.1.5', '192.168.1.5/24')] }

  it('alone with its addresses is fine; its own bridge is no other network', async () => {
    const routes = 'br-0123456789ab\t000012AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n'
    expect(await probe(bridge, { routes })).toMatchObject({ state: 'ok', evidence: 'kind has 172.18.0.0/16' })
  })

  it('that a VPN overlaps is a warning, with a subnet that nothing has', async () => {
    const found = await probe({ ...bridge, tun0: [ip('172.18.40.2', '172.18.40.2/24')] })
    expect(found).toMatchObject({ state: 'warning', cause: expect.stringContaining('172.18.40.2/24 over tun0') })
    expect(found.fix).toMatch(/docker network create -d bridge --subnet 172\.20\.0\.0\/16 kind/)
    const routes = 'utun3\t000010AC\t00000000\t0003\t0\t0\t0\t0000F0FF\t0\t0\t0\n'
    expect(await probe(bridge, { routes })).toMatchObject({
      cause: expect.stringContaining('172.16.0.0/12 over utun3'),
    })
  })

  it('under a VPN that takes everything is fine: the bridge is closer', async () => {
    const routes = 'tun0\t00000000\t00000000\t0003\t0\t0\t0\t00000080\t0\t0\t0\n'
    expect(await probe(bridge, { routes })).toMatchObject({ state: 'ok' })
  })

  it('of podman is read too, and one that is not there is skipped', async () => {
    const podman = {
      stdout: '[{"subnets":[{"subnet":"10.89.0.0/24","gateway":"10.89.0.1"}],"network_interface":"podman1"}]',
    }
    const interfaces = { podman1: [ip('10.89.0.1', '10.89.0.1/24')], tun0: [ip('10.89.0.9', '10.89.0.9/32')] }
    expect((await probe(interfaces, { answer: podman })).cause).toContain('10.89.0.9/32 over tun0')
    expect(await probe(bridge, { answer: { code: 1, stderr: 'network kind not found' } })).toMatchObject({
      state: 'skipped',
    })
  })
})

test('names that lead elsewhere are named with their line, and those of other clusters with the cluster', async () => {
  const probe = (mapped: readonly { host: string; address: string; line: number; cluster?: string }[]) =>
    namesCheck.run(
      dependencies({
        hostNames: ['web.test'],
        hosts: {
          file: '/etc/hosts',
          mayWrite: async () => true,
          needsElevation: async () => false,
          mapped: async () => mapped,
        },
      }),
    )
  expect(await probe([{ host: 'web.test', address: '10.0.0.5', line: 7 }])).toMatchObject({
    state: 'warning',
    cause: 'web.test already leads to 10.0.0.5 (/etc/hosts:7).',
  })
  expect((await probe([{ host: 'web.test', address: '127.0.0.1', line: 9, cluster: 'other' }])).cause).toBe(
    'web.test is also a name of cluster other.',
  )
  expect(await probe([{ host: 'web.test', address: '127.0.0.1', line: 2 }])).toMatchObject({ state: 'ok' })
  expect(await namesCheck.run(dependencies())).toMatchObject({ state: 'skipped' })
})

test('WSL that rewrites the hosts file is a warning', async () => {
  const hosts = { file: '/etc/hosts', mayWrite: async () => true, needsElevation: async () => false }
  const probe = (env: Readonly<Record<string, string>>) => wslCheck.run(dependencies({ env, etc: folder, hosts }))
  expect(await probe({})).toMatchObject({ state: 'skipped' })
  expect(await probe({ WSL_DISTRO_NAME: 'Ubuntu' })).toMatchObject({ state: 'warning' })
  await writeFile(join(folder, 'wsl.conf'), '[network]\ngenerateHosts = false\n')
  expect(await probe({ WSL_DISTRO_NAME: 'Ubuntu' })).toMatchObject({ state: 'ok' })
})

test('an image for another architecture than the nodes’ is named', async () => {
  const image = { id: 'sha256:1', labels: {}, repoDigests: [], architecture: 'arm64' }
  const { engine } = standInEngine({ images: { 'example/ui:1': image } })
  const build = { context: '/x', file: '/x/Dockerfile', args: {}, platform: 'linux/arm64' }
  const images = [madeImage('ui', { ref: 'example/ui:1' }), madeImage('web', { build })]
  expect(
    await imagesCheck.run(dependencies({ config: madeConfig({ images }), engine: async () => engine })),
  ).toMatchObject({
    state: 'warning',
    cause: expect.stringMatching(/^example\/ui:1 is for arm64, the image of web is for arm64, and the nodes are amd64/),
    fix: expect.stringContaining('docker pull --platform linux/amd64 example/ui:1'),
  })
  const fitting = [madeImage('ui', { ref: 'example/none:1' })]
  expect(
    await imagesCheck.run(dependencies({ config: madeConfig({ images: fitting }), engine: async () => engine })),
  ).toMatchObject({
    state: 'ok',
  })
})

describe('leftovers', () => {
  const marker = (name: string, config: string) => ({
    'dev.kindup.deed': 'true',
    'dev.kindup.cluster': name,
    'dev.kindup.config': config,
  })
  const probe = (engine: ReturnType<typeof standInEngine>['engine'], kubeconfigFile = '/nowhere/config') =>
    leftoversCheck.run(
      dependencies({
        engine: async () => engine,
        env: { KINDUP_CACHE: folder },
        kindup: ['kindup'],
        kubeconfigFile,
        others: async () => [],
      }),
    )

  it('are an ownership marker without containers, nodes without a control plane, and private folders of nobody', async () => {
    const { engine, world } = standInEngine({
      containers: [
        nodeContainer('half', 'worker'),
        nodeContainer('theirs', 'worker'),
        nodeContainer('fine', 'control-plane'),
        ...['fine', 'lost'].map((cluster) => ({
          name: `${cluster}-port-8081`,
          labels: { 'dev.kindup.cluster': cluster, 'dev.kindup.port': '8081:80' },
          running: true,
          ports: [],
        })),
      ],
    })
    await writeFile(join(folder, 'kindup.yaml'), '')
    for (const name of ['gone', 'half', 'fine'])
      world.volumes.set(`kindup-${name}`, marker(name, join(folder, 'kindup.yaml')))
    await mkdir(join(folder, 'clusters', 'old'), { recursive: true })
    await mkdir(join(folder, 'clusters', 'fine'), { recursive: true })
    const found = await probe(engine)
    expect(found.state).toBe('warning')
    expect(found.cause).toContain('gone has an ownership marker and no containers')
    expect(found.cause).toContain('half has no control plane any more')
    expect(found.cause).toContain('the kind cluster theirs, which kindup did not make, has no control plane')
    expect(found.cause).toContain('lost-port-8081 led to lost, which is gone')
    expect(found.cause).not.toContain('fine')
    // What kindup did not make is named, and left alone.
    expect(found.repair?.steps.map((step) => shownStep(step, true))).toEqual([
      'kindup down --name gone',
      'kindup down --name half',
      'kindup down --name lost',
      shown('rm', ['-r', join(folder, 'clusters', 'old')]),
    ])
  })

  it('are none while a run goes on, and a cluster whose file is gone is for its owner to end', async () => {
    const { engine, world } = standInEngine({ containers: [nodeContainer('moved', 'control-plane')] })
    world.volumes.set('kindup-new', marker('new', join(folder, 'kindup.yaml')))
    await mkdir(join(folder, 'clusters'), { recursive: true })
    await writeFile(join(folder, 'clusters', 'new.lock'), JSON.stringify({ pid: process.pid }))
    expect(await probe(engine)).toMatchObject({ state: 'ok', evidence: 'clusters: new' })
    world.volumes.set('kindup-moved', marker('moved', join(folder, 'away.yaml')))
    const found = await probe(engine)
    expect(found.cause).toBe(`moved runs, and its file ${join(folder, 'away.yaml')} is gone.`)
    expect(found.repair).toBeUndefined()
  })

  it('are locks whose holder is gone', async () => {
    const file = join(folder, 'config')
    const { engine } = standInEngine()
    const lock = async (text: string, ageSeconds: number) => {
      await writeFile(`${file}.lock`, text)
      await utimes(`${file}.lock`, Date.now() / 1000 - ageSeconds, Date.now() / 1000 - ageSeconds)
      return (await probe(engine, file)).state
    }
    expect(await lock('', 1)).toBe('ok')
    expect(await lock('', 60)).toBe('warning')
    const held = { pid: process.pid, host: hostname(), mark: await processIdentity(process.pid) }
    expect(await lock(JSON.stringify(held), 60)).toBe('ok')
    const found = await probe(engine, file)
    expect(found.repair).toBeUndefined()
  })
})

test('contexts that lead nowhere, and a file that others may read, are named', async () => {
  const file = join(folder, 'config')
  const context = (name: string) => `- context: { cluster: ${name}, user: me }\n  name: ${name}\n`
  const text = `contexts:\n${context('work')}${context('kind-gone')}${context('kind-demo')}current-context: away\n`
  await writeFile(file, text, { mode: 0o644 })
  const { engine } = standInEngine({ containers: [nodeContainer('demo', 'control-plane')] })
  const probe = () => contextsCheck.run(dependencies({ kubeconfigFile: file, engine: async () => engine }))
  expect(await probe()).toMatchObject({
    state: 'warning',
    cause: `${file}: the current context away is not in the file; kind-gone is of a cluster that is gone; others of this machine may read it, keys included.`,
    fix: expect.stringContaining('kubectl config delete-context kind-gone'),
  })
  await writeFile(file, text.replace('away', 'work').replace(context('kind-gone'), ''))
  await chmod(file, 0o600)
  expect(await probe()).toMatchObject({ state: 'ok', evidence: `${file}: 2 contexts` })
  await rm(file)
  expect(await probe()).toMatchObject({ state: 'skipped' })
})
