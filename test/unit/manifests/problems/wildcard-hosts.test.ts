import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { endpointsOf } from '../../../../services/deploy/endpoints.ts'
import { wildcardProblems } from '../../../../manifests/problems/wildcard-hosts.ts'
import { hostsOf } from '../../../../manifests/kinds/hosts.ts'
import { temporary } from '../helm/helms.ts'

const ingress = (...hosts: readonly string[]): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'w' },
  spec: { rules: hosts.map((host) => ({ host })), tls: [{ hosts: ['*.safe.localhost'] }] },
})
const hosts = (used: readonly string[] = []) =>
  ({ mode: 'file', used, around: { listeners: [], home: 'web' } }) as const
const port = (hostPort: number, nodePort: number) => ({
  address: '127.0.0.1',
  hostPort,
  nodePort,
  protocol: 'tcp' as const,
})

describe('a host with a wildcard', () => {
  it('is warned of at its line, once, with what to write', async () => {
    await using made = await temporary()
    const file = join(made.folder, 'i.yaml')
    await writeFile(file, 'kind: Ingress\nspec:\n  rules:\n    - host: "*.demo.localhost"\n')
    const documents = [{ object: ingress('*.demo.localhost', '*.demo.localhost', 'web.local'), at: { file, line: 1 } }]
    expect(wildcardProblems('service/web', documents, hosts())).toEqual([
      {
        severity: 'warning',
        message:
          'Ingress w answers to *.demo.localhost, and a hosts file knows no wildcards: no name under it is written. Browsers, curl and systemd-resolved lead names under .localhost to this machine by themselves, other programs may not.',
        at: { file, line: 4 },
        step: 'service/web',
        hint: 'Name those that you need: `hosts: { extra: [a.demo.localhost] }`. Names that smoke tests ask, and those that services declare, are written by themselves.',
      },
    ])
    expect(wildcardProblems('service/web', documents, hosts(['b.demo.localhost']))).toEqual([])
    expect(wildcardProblems('service/web', documents, hosts(['b.a.demo.localhost', 'demo.localhost']))).toHaveLength(1)
    expect(wildcardProblems('service/web', documents, { ...hosts(), mode: 'none' })).toEqual([])
  })

  it('is named and printed as the names of hosts.extra under it, never with a star', () => {
    const extra = ['b.demo.localhost', 'else.local']
    expect(hostsOf([ingress('*.demo.localhost', 'web.local')], extra)).toEqual(['b.demo.localhost', 'web.local'])
    const urls = endpointsOf('web', [ingress('*.demo.localhost', '*.other.localhost')], [port(80, 80)], { used: extra })
    expect(urls).toEqual([{ name: 'web', url: 'http://b.demo.localhost' }])
    expect(endpointsOf('web', [ingress('a.safe.localhost')], [port(443, 443)])).toEqual([
      { name: 'web', url: 'https://a.safe.localhost' },
    ])
  })
})
