import { describe, expect, it } from 'vitest'
import { protectedBecause, providerOf } from '../../../../cluster/existing/provider.ts'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'

const node = (name: string, providerID?: string, labels: Readonly<Record<string, string>> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
  ...(providerID === undefined ? {} : { spec: { providerID } }),
})

const told = (context: string, server: string, ...nodes: readonly KubeObject[]) =>
  providerOf({ context, server: new URL(server), nodes })

describe('who runs a cluster', () => {
  it.each([
    ['kind', node('a-control-plane', 'kind://docker/a/a-control-plane')],
    ['k3d', node('k3d-dev-server-0', 'k3s://k3d-dev-server-0')],
    ['k3s', node('vps', 'k3s://vps')],
    ['minikube', node('m', undefined, { 'minikube.k8s.io/name': 'm' })],
    ['docker-desktop', node('docker-desktop')],
    ['docker-desktop', node('desktop-control-plane')],
    ['rancher-desktop', node('lima-rancher-desktop', 'k3s://lima-rancher-desktop')],
    ['orbstack', node('orbstack')],
    ['colima', node('colima-work')],
    ['EKS', node('ip-10-0-0-1', 'aws:///eu-central-1a/i-1')],
    ['GKE', node('gke-a', 'gce://project/zone/gke-a')],
    ['AKS', node('aks-a', 'azure:///subscriptions/1')],
    ['Kubernetes', node('bare-metal')],
  ])('is told by its nodes, whatever its context is called: %s', (name, live) => {
    expect(told('dev', 'https://127.0.0.1:6443', live).name).toBe(name)
  })

  it('believes no context that says it is on this machine', () => {
    expect(told('kind-shop', 'https://127.0.0.1:6443', node('n', 'aws:///a/i-1'))).toMatchObject({
      name: 'EKS',
      isLocal: false,
      isCloud: true,
    })
    expect(told('kind-shop', 'https://127.0.0.1:6443', node('n'))).toMatchObject({ name: 'Kubernetes', isLocal: false })
    expect(told('docker-desktop', 'https://k8s.example.com', node('docker-desktop')).isLocal).toBe(false)
  })

  it('believes a context and an address that say it is at a provider', () => {
    expect(told('arn:aws:eks:eu-central-1:1:cluster/a', 'https://10.0.0.1').isCloud).toBe(true)
    expect(told('work', 'https://a.hcp.westeurope.azmk8s.io').name).toBe('AKS')
  })

  it('takes a provider that it does not know for one all the same', () => {
    expect(told('x', 'https://10.0.0.1', node('n', 'newcloud://1'))).toMatchObject({ name: 'newcloud', isCloud: true })
  })

  it('knows which are on this machine', () => {
    expect(told('x', 'https://127.0.0.1:6443', node('c', 'kind://docker/a/c')).isLocal).toBe(true)
    expect(told('x', 'https://192.168.49.2:8443', node('m', undefined, { 'minikube.k8s.io/name': 'm' })).isLocal).toBe(
      true,
    )
    expect(told('x', 'https://builds.example.com:6443', node('c', 'kind://docker/a/c')).isLocal).toBe(false)
  })
})

describe('what is protected', () => {
  const kind = told('x', 'https://127.0.0.1:6443', node('c', 'kind://docker/a/c'))

  it.each(['prod', 'shop-production', 'PROD-eu', 'eu.live', 'admin@prd'])('is %s, by its name', (name) => {
    expect(protectedBecause([name], kind)).toContain('its name has')
  })
  it.each(['product-catalog', 'reproduce', 'olive', 'staging', 'kind-shop', 'awesome'])('is not %s', (name) => {
    expect(protectedBecause([name], kind)).toBeUndefined()
  })
  it('is whatever runs at a provider, and what only says so', () => {
    expect(protectedBecause(['dev'], told('dev', 'https://10.0.0.1', node('n', 'gce://a')))).toContain('GKE')
    expect(protectedBecause(['team-eks'], kind)).toContain('eks')
  })
})
