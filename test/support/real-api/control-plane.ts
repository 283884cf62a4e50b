import { spawn, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { accessSync, constants, openSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { kubeconfigText } from '../api-server/kubeconfig.ts'
import { selfSigned } from '../api-server/self-signed.ts'
import { ownPort } from '../own-port.ts'

/** Where a control plane answers, and with what its administrator comes. */
export type Access = {
  readonly port: number
  readonly etcd: string
  readonly ca: string
  readonly cert: string
  readonly key: string
}

export type ControlPlane = AsyncDisposable & {
  readonly folder: string
  readonly access: Access
  readonly programs: readonly string[]
}

/** It knows the administrator by this token too. */
const adminToken = 'secret-token'

/** kube-apiserver, etcd and kube-controller-manager: in KUBEBUILDER_ASSETS, as envtest has them, or on the PATH. */
export const controlPlanePrograms = (): Readonly<Record<'apiserver' | 'etcd' | 'manager', string | undefined>> => ({
  apiserver: found('kube-apiserver'),
  etcd: found('etcd'),
  manager: found('kube-controller-manager'),
})

const found = (program: string): string | undefined =>
  [process.env['KUBEBUILDER_ASSETS'] ?? '', ...(process.env['PATH'] ?? '').split(delimiter)]
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK)
        return true
      } catch {
        return false
      }
    })

/** Starts etcd, the API server and the controllers, as kubeadm would: with certificates and RBAC. There are no nodes. */
export const startControlPlane = async (programs: {
  readonly apiserver: string
  readonly etcd: string
  readonly manager: string
}): Promise<ControlPlane> => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-control-plane-'))
  const path = (name: string): string => join(folder, name)
  const { ca, server, client } = selfSigned()
  const account = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const [port, etcdPort, peerPort] = [await ownPort(), await ownPort(), await ownPort()]
  const etcd = `http://127.0.0.1:${etcdPort}`
  const files = {
    'ca.crt': ca,
    'server.crt': server.cert,
    'server.key': server.key,
    'account.key': account.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    'account.pub': account.publicKey.export({ type: 'spki', format: 'pem' }),
    tokens: `${adminToken},kubernetes-admin,kubernetes-admin,"system:masters"\n`,
    kubeconfig: kubeconfigText({ url: `https://127.0.0.1:${port}`, context: 'admin', ca, ...client }),
  }
  for (const [name, text] of Object.entries(files)) await writeFile(path(name), text)
  const running: ChildProcess[] = []
  // A run that is broken off ends without its tear-down.
  const endAll = (): void => running.forEach((child) => child.kill('SIGKILL'))
  process.once('exit', endAll)
  const stop = async (): Promise<void> => {
    for (const child of running.toReversed()) {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    }
    process.removeListener('exit', endAll)
    await rm(folder, { recursive: true, force: true })
  }
  const start = (name: string, program: string, ...args: readonly string[]): void => {
    const log = openSync(path(`${name}.log`), 'w')
    running.push(spawn(program, args, { cwd: folder, stdio: ['ignore', log, log] }))
  }
  /** Says what a program wrote that has ended, or does not begin to answer. */
  const answering = async (name: string, url: string): Promise<void> => {
    for (let tries = 0; tries < 300; tries += 1) {
      if (await isReady(url, { ca, ...client })) return
      if (running.some(({ exitCode }) => exitCode !== null)) break
      await setTimeout(200)
    }
    const said = readFileSync(path(`${name}.log`), 'utf8').slice(-2000)
    await stop()
    throw new Error(`${name} does not answer at ${url}:\n${said}`)
  }
  start(
    'etcd',
    programs.etcd,
    `--data-dir=${path('data')}`,
    `--listen-client-urls=${etcd}`,
    `--advertise-client-urls=${etcd}`,
    `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  )
  start(
    'kube-apiserver',
    programs.apiserver,
    `--etcd-servers=${etcd}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    '--tls-cert-file=server.crt',
    '--tls-private-key-file=server.key',
    '--client-ca-file=ca.crt',
    '--token-auth-file=tokens',
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-account-key-file=account.pub',
    '--service-account-signing-key-file=account.key',
    '--service-cluster-ip-range=10.96.0.0/16',
    // A pod may come before the account of its namespace: there is no kubelet that would run it without.
    '--disable-admission-plugins=ServiceAccount',
    '--enable-priority-and-fairness=false',
    // Watches of these are asked of etcd itself, so that they are too old once etcd has forgotten.
    '--watch-cache-sizes=configmaps#0',
  )
  await answering('kube-apiserver', `https://127.0.0.1:${port}/readyz`)
  start(
    'kube-controller-manager',
    programs.manager,
    '--kubeconfig=kubeconfig',
    '--leader-elect=false',
    '--secure-port=0',
    '--service-account-private-key-file=account.key',
    '--root-ca-file=ca.crt',
    // Nodes without a kubelet would be taken for lost.
    '--controllers=*,-node-lifecycle-controller,-node-ipam-controller,-ttl-controller,-taint-eviction-controller',
    '--kube-api-qps=500',
    '--kube-api-burst=500',
  )
  return {
    folder,
    access: { port, etcd, ca, ...client },
    programs: [programs.apiserver, programs.etcd, programs.manager],
    [Symbol.asyncDispose]: stop,
  }
}

const isReady = (url: string, login: { ca: string; cert: string; key: string }): Promise<boolean> =>
  new Promise((resolve) => {
    request(url, { ...login, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
      .on('error', () => resolve(false))
      .end()
  })
