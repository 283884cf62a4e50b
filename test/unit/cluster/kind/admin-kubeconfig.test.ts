import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { adminKubeconfig, forThisMachine, serverOf } from '../../../../cluster/kind/admin-kubeconfig.ts'
import { nodeContainer, standInEngine } from '../../../support/stand-in-engine.ts'

const pem = (what: string, text: string): string =>
  Buffer.from(`-----BEGIN ${what}-----\n${btoa(text)}\n-----END ${what}-----\n`).toString('base64')
const [ca, certificate, key] = [pem('CERTIFICATE', 'CA'), pem('CERTIFICATE', 'CERT'), pem('RSA PRIVATE KEY', 'KEY')]

const admin = `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${ca}
    server: https://demo-control-plane:6443
  name: demo
contexts:
- context: { cluster: demo, user: kubernetes-admin }
  name: kubernetes-admin@demo
current-context: kubernetes-admin@demo
kind: Config
users:
- name: kubernetes-admin
  user:
    client-certificate-data: ${certificate}
    client-key-data: ${key}
`

describe('forThisMachine', () => {
  it('has one context, that leads to the port on this machine', () => {
    const text = forThisMachine(admin, 'kind-demo', 'https://127.0.0.1:5') ?? ''
    expect(serverOf(text)).toBe('https://127.0.0.1:5')
    expect(parse(text)).toMatchObject({
      'current-context': 'kind-demo',
      clusters: [{ name: 'kind-demo', cluster: { 'certificate-authority-data': ca } }],
      contexts: [{ name: 'kind-demo', context: { cluster: 'kind-demo', user: 'kind-demo' } }],
      users: [{ name: 'kind-demo', user: { 'client-key-data': key } }],
    })
  })

  it.each(['', 'apiVersion: v1\nclusters:\n'])('has nothing of a file that is half written: «%s»', (text) => {
    expect(forThisMachine(text, 'kind-demo', 'https://x')).toBeUndefined()
  })

  it('has all or nothing of a file, wherever it is cut', () => {
    const whole = forThisMachine(admin, 'kind-demo', 'https://x')
    const cut = Array.from({ length: admin.length }, (_, end) =>
      forThisMachine(admin.slice(0, end), 'kind-demo', 'https://x'),
    )
    expect(cut.filter((text) => text !== undefined && text !== whole)).toEqual([])
    // The last line break may be missing.
    expect(cut.at(-1)).toBe(whole)
  })
})

const from = (code: number, containers = [nodeContainer('demo', 'control-plane')]) => {
  const { engine } = standInEngine({
    containers,
    exec: (container, command) =>
      container === 'demo-control-plane' && command.join(' ') === 'cat /etc/kubernetes/admin.conf'
        ? Promise.resolve({ stdout: code === 0 ? admin : '', stderr: '', code })
        : Promise.reject(new Error('nobody told')),
  })
  return adminKubeconfig(engine, containers, 'kind-demo', 'https://127.0.0.1:5')
}

describe('serverOf', () => {
  it('knows none of a file that is broken', () => {
    expect(serverOf('clusters: [')).toBeUndefined()
    expect(serverOf('- a list')).toBeUndefined()
  })
})

describe('a cluster on another machine', () => {
  it('is trusted by the name that its certificate has', () => {
    const { clusters } = parse(forThisMachine(admin, 'kind-demo', 'https://build.test:5', true) ?? '') as {
      clusters: { cluster: object }[]
    }
    expect(clusters[0]?.cluster).toMatchObject({ server: 'https://build.test:5', 'tls-server-name': 'localhost' })
    expect(forThisMachine(admin, 'kind-demo', 'https://127.0.0.1:5')).not.toContain('tls-server-name')
  })
})

describe('adminKubeconfig', () => {
  it('is read out of the control plane', async () => {
    expect(serverOf((await from(0)) ?? '')).toBe('https://127.0.0.1:5')
  })

  it('is not there before kubeadm wrote it, nor in a node that is stopped', async () => {
    expect(await from(1)).toBeUndefined()
    expect(await from(0, [nodeContainer('demo', 'control-plane', { running: false })])).toBeUndefined()
    expect(await from(0, [])).toBeUndefined()
  })
})
