import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeKube } from '../../../../cluster/kube/make-kube.ts'
import { selfSigned } from '../../../support/api-server/self-signed.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-login-'))
})
afterEach(() => rm(folder, { recursive: true }))

type Seen = { readonly headers: IncomingHttpHeaders; readonly certificate?: string; readonly askedFor?: string }

const listening = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A server that knows its version, and remembers who asked, and over how many connections. */
const startServer = async ({ tls = true, hosts = [] as readonly string[] } = {}) => {
  const certificates = selfSigned(hosts)
  const seen: Seen[] = []
  const sockets = new Set<Socket>()
  const refused = new Set<string | undefined>()
  let connections = 0
  const server = tls
    ? createTlsServer({ ...certificates.server, ca: certificates.ca, requestCert: true, rejectUnauthorized: false })
    : createServer()
  server.keepAliveTimeout = 0
  server.on('connection', (socket: Socket) => {
    connections += 1
    sockets.add(socket)
  })
  server.on('request', (request, response) => {
    const socket = request.socket as Partial<TLSSocket>
    const { fingerprint256 } = socket.getPeerCertificate?.() ?? {}
    seen.push({
      headers: request.headers,
      ...(fingerprint256 && { certificate: fingerprint256 }),
      ...(typeof socket.servername === 'string' && { askedFor: socket.servername }),
    })
    const code = refused.has(request.headers.authorization) ? 401 : 200
    response.writeHead(code, { 'content-type': 'application/json' }).end('{"gitVersion":"v1.36.2"}')
  })
  const port = await listening(server)
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    certificates,
    seen,
    /** The server does not know these any more: `Bearer x`. */
    refused,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      sockets.forEach((socket) => socket.destroy())
      server.close()
      await once(server, 'close')
    },
  }
}

type Asked = { readonly url: string; readonly certificates: ReturnType<typeof selfSigned> }

const encoded = (pem: string): string => Buffer.from(pem).toString('base64')

/** The API as a user of that shape, and a cluster with these settings, would reach it. */
const kubeAs = async (
  { url, certificates }: Asked,
  user: Readonly<Record<string, unknown>>,
  cluster: Readonly<Record<string, unknown>> = {},
  signal?: AbortSignal,
) => {
  const kubeconfig = join(folder, 'kubeconfig')
  const tls = url.startsWith('https:') ? { 'certificate-authority-data': encoded(certificates.ca) } : {}
  await writeFile(
    kubeconfig,
    JSON.stringify({
      clusters: [{ name: 'far', cluster: { server: url, ...tls, ...cluster } }],
      users: [{ name: 'me', user }],
      contexts: [{ name: 'far', context: { cluster: 'far', user: 'me' } }],
    }),
  )
  return makeKube({ kubeconfig, context: 'far', ...(signal && { signal }) })
}

/** A login program that runs `script`, an ES module, in Node. */
const program = async (script: string, more: object = {}): Promise<{ exec: object }> => {
  await writeFile(join(folder, 'login.mjs'), script)
  return {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: [join(folder, 'login.mjs')],
      interactiveMode: 'Never',
      ...more,
    },
  }
}

const credential = (status: string): string =>
  `console.log(JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: ${status} }))`

/** Leaves a line in `file` each time that it runs. */
const counted = (script: string): string =>
  `import { appendFileSync } from 'node:fs'\nappendFileSync(${JSON.stringify(join(folder, 'runs'))}, 'run\\n')\n${script}`
const runs = async (): Promise<number> => (await readFile(join(folder, 'runs'), 'utf8')).split('\n').length - 1

describe('a login program', () => {
  it('gives a token, and is run once for all that ask', async () => {
    await using server = await startServer()
    const kube = await kubeAs(server, await program(counted(credential(`{ token: 'from-the-program' }`))))
    await Promise.all([kube.version(), kube.version(), kube.version()])
    await kube.version()
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(
      Array<string>(4).fill('Bearer from-the-program'),
    )
    expect(await runs()).toBe(1)
  })

  it('is run again when what it gave has run out', async () => {
    await using server = await startServer()
    const past = `{ token: 'short', expirationTimestamp: '2020-01-01T00:00:00Z' }`
    const kube = await kubeAs(server, await program(counted(credential(past))))
    await kube.version()
    await kube.version()
    expect(await runs()).toBe(2)
  })

  it('is run again each time that the server no longer knows what it gave', async () => {
    await using server = await startServer()
    const count = `readFileSync(${JSON.stringify(join(folder, 'runs'))}, 'utf8').split('\\n').length - 1`
    const script = counted(credential(`{ token: 'token-' + (${count}) }`))
    const kube = await kubeAs(server, await program(`import { readFileSync } from 'node:fs'\n${script}`))
    await kube.version()
    for (const token of ['token-1', 'token-2']) {
      server.refused.add(`Bearer ${token}`)
      await Promise.all([kube.version(), kube.version()])
    }
    expect(server.seen.at(-1)?.headers.authorization).toBe('Bearer token-3')
    expect(await runs()).toBe(3)
  })

  it('is run once more, and no more, where the server knows nothing that it gives', async () => {
    await using server = await startServer()
    server.refused.add('Bearer x')
    const kube = await kubeAs(server, await program(counted(credential(`{ token: 'x' }`))))
    await expect(kube.version()).rejects.toMatchObject({ code: 'api-refused' })
    expect(await runs()).toBe(2)
  })

  it('gives certificates, and the next ones once those have run out', async () => {
    await using server = await startServer()
    const { client } = server.certificates
    const other = selfSigned().client
    const past = `expirationTimestamp: '2020-01-01T00:00:00Z'`
    const give = ({ cert, key }: typeof client): string =>
      `{ clientCertificateData: ${JSON.stringify(cert)}, clientKeyData: ${JSON.stringify(key)}, ${past} }`
    const first = await program(credential(give(client)))
    const kube = await kubeAs(server, first)
    await kube.version()
    await program(credential(give(other)))
    await kube.version()
    expect(server.seen.map(({ certificate }) => certificate)).toEqual(
      [client, other].map(({ cert }) => new X509Certificate(cert).fingerprint256),
    )
    expect(server.connections()).toBe(2)
  })

  it('lies beside the kubeconfig where its path is relative, and is told for which cluster it is asked', async () => {
    await using server = await startServer()
    const answer = `JSON.stringify({ apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status: { token: Buffer.from(process.env.KUBERNETES_EXEC_INFO + process.env.EXTRA).toString("base64") } })`
    const script = `#!/bin/sh\nexec '${process.execPath}' -e 'process.stdout.write(${answer})'\n`
    await writeFile(join(folder, 'login.sh'), script, { mode: 0o755 })
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: './login.sh',
      env: [{ name: 'EXTRA', value: '!' }],
      provideClusterInfo: true,
      interactiveMode: 'IfAvailable',
    }
    await (await kubeAs(server, { exec })).version()
    const token = server.seen[0]?.headers.authorization?.replace('Bearer ', '') ?? ''
    const told = Buffer.from(token, 'base64').toString('utf8')
    expect(told).toMatch(/!$/)
    expect(JSON.parse(told.slice(0, -1))).toMatchObject({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      spec: {
        interactive: false,
        cluster: { server: server.url, 'certificate-authority-data': encoded(server.certificates.ca) },
      },
    })
  })

  it('is missed by name, with the words of the kubeconfig on how to get it', async () => {
    await using server = await startServer()
    const exec = { apiVersion: 'v1', command: 'no-such-login', installHint: 'Get it from example.com.\n' }
    await expect((await kubeAs(server, { exec })).version()).rejects.toMatchObject({
      code: 'kubeconfig',
      message: expect.stringMatching(
        /^Context far of .* gives no login: its login program no-such-login is not there$/,
      ),
      hints: ['Get it from example.com.'],
    })
  })

  it('is quoted where it fails, and never where it speaks of something else', async () => {
    await using server = await startServer()
    const failing = await program(`console.error('you are logged out'); process.exitCode = 3`)
    await expect((await kubeAs(server, failing)).version()).rejects.toMatchObject({
      code: 'kubeconfig',
      message: expect.stringMatching(/its login program .* failed: you are logged out$/),
    })
    for (const text of ['s3cret-token', '{"token":"s3cret-token"}', 'null', '{"status":{}}'])
      await expect(
        (await kubeAs(server, await program(`console.log(${JSON.stringify(text)})`))).version(),
      ).rejects.toMatchObject({
        code: 'kubeconfig',
        message: expect.stringMatching(/its login program \S+ gives no ExecCredential$/),
      })
    expect(server.seen).toEqual([])
  })

  it('holds nobody up who is stopped while it waits for somebody', async () => {
    await using server = await startServer()
    const stop = new AbortController()
    const waiting = await program(`${counted('')}\nsetInterval(() => undefined, 1000)`)
    const asking = (await kubeAs(server, waiting, {}, stop.signal)).version()
    stop.abort()
    await expect(asking).rejects.toMatchObject({ code: 'stopped' })
  })
})

describe('other ways to log in', () => {
  it('are the token of an identity provider, of a file beside the kubeconfig, a password', async () => {
    await using server = await startServer()
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const idToken = `${part({ alg: 'none' })}.${part({ exp: 4_000_000_000 })}.x`
    const oidc = { 'auth-provider': { name: 'oidc', config: { 'id-token': idToken, 'client-id': 'kindup' } } }
    await writeFile(join(folder, 'token'), 'from-the-file')
    for (const user of [oidc, { tokenFile: 'token', token: 'older' }, { username: 'ann', password: 'pa:ss' }])
      await (await kubeAs(server, user)).version()
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${idToken}`,
      'Bearer from-the-file',
      `Basic ${Buffer.from('ann:pa:ss').toString('base64')}`,
    ])
  })

  it('may be for somebody else, over plain HTTP as well', async () => {
    await using server = await startServer({ tls: false })
    const somebody = { as: 'ann', 'as-groups': ['devs', 'ops'], 'as-uid': '7', 'as-user-extra': { 'team/a': ['x'] } }
    await (await kubeAs(server, somebody)).version()
    expect(server.seen[0]?.headers).toMatchObject({
      'impersonate-user': 'ann',
      'impersonate-group': 'devs, ops',
      'impersonate-uid': '7',
      'impersonate-extra-team%2fa': 'x',
    })
  })
})

describe('the server', () => {
  it('is known by the name that its certificate is to have', async () => {
    await using server = await startServer({ hosts: ['api.far.example'] })
    const other = await startServer({ hosts: ['api.other.example'] })
    await using _ = other
    const named = { 'tls-server-name': 'api.far.example' }
    expect(await (await kubeAs(server, {}, named)).version()).toBe('1.36.2')
    expect(server.seen[0]?.askedFor).toBe('api.far.example')
    await expect((await kubeAs(other, {}, named)).version()).rejects.toMatchObject({ code: 'api-unreachable' })
  })

  it('is not checked where the kubeconfig says so', async () => {
    await using server = await startServer()
    const blind = { 'certificate-authority-data': undefined, 'insecure-skip-tls-verify': true }
    expect(await (await kubeAs(server, {}, blind)).version()).toBe('1.36.2')
    await expect(
      (await kubeAs(server, {}, { 'certificate-authority-data': undefined })).version(),
    ).rejects.toMatchObject({ code: 'api-unreachable' })
  })

  it('is asked over connections that stay, whoever gives the login', async () => {
    await using server = await startServer()
    for (const user of [await program(credential(`{ token: 'x' }`)), { token: 'y' }]) {
      const before = server.connections()
      const kube = await kubeAs(server, user)
      for (let calls = 0; calls < 5; calls += 1) await kube.version()
      expect(server.connections() - before).toBe(1)
    }
  })

  it('is reached through the proxy that the kubeconfig names, over one connection', async () => {
    await using server = await startServer()
    const asked: string[] = []
    const ends = new Set<Socket>()
    const proxy = createServer()
    proxy.on('connect', (request, socket: Socket) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization']}`)
      const far = connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n')
        far.pipe(socket).pipe(far)
      })
      for (const end of [far, socket]) {
        ends.add(end)
        end.on('error', () => undefined)
      }
    })
    const port = await listening(proxy)
    try {
      const kube = await kubeAs(server, { token: 't' }, { 'proxy-url': `http://ann:pw@127.0.0.1:${port}` })
      for (let calls = 0; calls < 3; calls += 1) expect(await kube.version()).toBe('1.36.2')
      const login = `Basic ${Buffer.from('ann:pw').toString('base64')}`
      expect(asked).toEqual([`${new URL(server.url).host} ${login}`])
    } finally {
      ends.forEach((end) => end.destroy())
      proxy.close()
      await once(proxy, 'close')
    }
    const dead = await kubeAs(server, { token: 't' }, { 'proxy-url': `http://127.0.0.1:${port}` })
    await expect(dead.version()).rejects.toMatchObject({ code: 'api-unreachable' })
  })
})
