import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stateFolder } from '../../core/paths.ts'
import { selfSigned } from '../support/api-server/self-signed.ts'
import { touched, type UpDocument } from '../support/example.ts'
import { realCluster, root, whyNoCluster, type RealCluster } from '../support/real-cluster.ts'

const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined

/** A program, and what it says when it took the certificate of web.demo.localhost. Names are led to this machine, whatever resolves them. */
const clients: readonly (readonly [
  program: string,
  args: (port: string, ca: string) => readonly string[],
  says: string,
])[] = [
  [
    'curl',
    (port, ca) =>
      `-sS -o /dev/null -w %{http_code} --cacert ${ca} --resolve web.demo.localhost:${port}:127.0.0.1 https://web.demo.localhost:${port}/`.split(
        ' ',
      ),
    '200',
  ],
  [
    'openssl',
    (port, ca) =>
      `s_client -connect 127.0.0.1:${port} -servername web.demo.localhost -CAfile ${ca} -verify_hostname web.demo.localhost -verify_return_error`.split(
        ' ',
      ),
    'Verify return code: 0 (ok)',
  ],
  [
    'python3',
    (port, ca) => [
      '-c',
      `import ssl, socket
context = ssl.create_default_context(cafile='${ca}')
print(context.wrap_socket(socket.create_connection(('127.0.0.1', ${port})), server_hostname='web.demo.localhost').version())`,
    ],
    'TLSv1.3',
  ],
  [
    process.execPath,
    (port) => [
      '-e',
      `require('https').get({ host: '127.0.0.1', port: ${port}, servername: 'web.demo.localhost', headers: { host: 'web.demo.localhost' } }, (answer) => { console.log(answer.statusCode); answer.destroy() })`,
    ],
    '200',
  ],
]

describe.skipIf(whyNoCluster(['ingress-nginx'], ['python:3.13-alpine']) !== undefined)('HTTPS', () => {
  let cluster: RealCluster
  let folder = ''
  let first: UpDocument
  let port = ''
  const ca = join(stateFolder(process.env), 'ca', 'rootCA.pem')

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kindup-https-'))
    await cp(join(root, 'test', 'fixtures', 'https'), folder, { recursive: true })
    const { server } = selfSigned(['own.demo.localhost'])
    const stringData = { 'tls.crt': server.cert, 'tls.key': server.key }
    const own = { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', metadata: { name: 'own' }, stringData }
    await writeFile(join(folder, 'k8s', 'own.json'), JSON.stringify(own))
    cluster = await realCluster('kindup-e2e-https', join(folder, 'kindup.yaml'))
    first = await cluster.json<UpDocument>(['up'])
    port = new URL(first.endpoints[0]?.url ?? '').port
  })
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  it('is what every host answers, and smoke tests have checked it', () => {
    expect(first.endpoints.map(({ url }) => url).toSorted()).toEqual(
      ['lacking', 'own', 'web'].map((name) => `https://${name}.demo.localhost:${port}`),
    )
    expect(first.smoke).toHaveLength(3)
    expect(first.smoke).toSatisfy((all: readonly { readonly ok: boolean }[]) => all.every(({ ok }) => ok))
  })

  it('is there already for the second up, and status says so', async () => {
    expect(touched(await cluster.json<UpDocument>(['up']))).toEqual([])
    expect(await cluster.json(['status'])).toMatchObject({ healthy: true })
  })

  for (const [program, args, says] of clients)
    it.skipIf(!has(program))(`is taken by ${program.split('/').at(-1)}, and refused without the authority`, () => {
      const ask = (authority: string) =>
        spawnSync(program, args(port, authority), {
          encoding: 'utf8',
          input: '',
          env: { ...process.env, NODE_EXTRA_CA_CERTS: authority },
        })
      expect(ask(ca).stdout).toContain(says)
      expect(ask('/dev/null').stdout).not.toContain(says)
    })

  it('is taken in a pod that mounts the authority', () => {
    const script = `import ssl, socket
context = ssl.create_default_context(cafile='/etc/kindup-ca/ca.crt')
socket = socket.create_connection(('ingress-nginx-controller.ingress-nginx', 443))
print(context.wrap_socket(socket, server_hostname='web.demo.localhost').version())`
    expect(cluster.kubectl('--namespace', 'web', 'exec', 'deploy/web', '--', 'python3', '-c', script)).toBe('TLSv1.3')
  })

  it('has a new certificate for a new host, and no new authority', async () => {
    const before = await readFile(ca, 'utf8')
    const file = join(folder, 'k8s', 'web.yaml')
    await writeFile(file, (await readFile(file, 'utf8')).replace('host: web.demo.localhost', 'host: shop.test'))
    expect(touched(await cluster.json<UpDocument>(['up'])).toSorted()).toEqual(['hosts', 'service/web', 'tls'])
    expect(await readFile(ca, 'utf8')).toBe(before)
    expect(touched(await cluster.json<UpDocument>(['up']))).toEqual([])
  })

  it('goes where the file has it no longer', async () => {
    const file = join(folder, 'kindup.yaml')
    await writeFile(file, (await readFile(file, 'utf8')).replace('tls: { pods: true }', 'tls: true'))
    expect(touched(await cluster.json<UpDocument>(['up']))).toContain('tls')
    const maps = cluster.kubectl('--namespace', 'web', 'get', 'configmaps', '--output', 'name')
    expect(maps).not.toContain('kindup-ca')
  })
})
