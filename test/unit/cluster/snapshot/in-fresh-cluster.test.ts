import { describe, expect, it } from 'vitest'
import { inFreshCluster } from '../../../../cluster/snapshot/in-fresh-cluster.ts'
import {
  wireBytes,
  wireField,
  wireFields,
  wireMessage,
  wireText,
  type WireField,
} from '../../../../cluster/snapshot/wire.ts'

const text = (number: number, value: string): WireField => wireField(number, Buffer.from(value))
const message = (number: number, ...fields: readonly WireField[]): WireField => wireField(number, wireMessage(fields))
const pair = (number: number, key: string, value: string): WireField => message(number, text(1, key), text(2, value))

type Made = {
  readonly uid: string
  readonly owner?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  /** Fields of the object behind its metadata. */
  readonly more?: readonly WireField[]
}

const stored = (kind: string, { uid, owner, labels = {}, annotations = {}, more = [] }: Made): string => {
  const metadata = message(
    1,
    text(5, uid),
    text(8, `made with ${uid}`),
    ...Object.entries(labels).map(([key, value]) => pair(11, key, value)),
    ...Object.entries(annotations).map(([key, value]) => pair(12, key, value)),
    ...(owner === undefined ? [] : [message(13, text(4, owner))]),
    text(17, `fields of ${uid}`),
  )
  return Buffer.concat([
    Buffer.from('k8s\0'),
    wireMessage([message(1, text(1, 'v1'), text(2, kind)), message(2, metadata, ...more)]),
  ]).toString('base64')
}

const fresh = (saved: Readonly<Record<string, string>>, live: Readonly<Record<string, string>>) =>
  inFreshCluster(new Map(Object.entries(saved)), new Map(Object.entries(live)))

/** The fields of the object of a value. */
const fieldsOf = (value: string | undefined) =>
  wireFields(wireBytes(Buffer.from(value ?? '', 'base64').subarray(4), 2) ?? new Uint8Array())

const spec = (said: string): readonly WireField[] => [message(2, text(1, said))]

describe('a snapshot of another cluster', () => {
  it('leaves what says the same as it is here, with what was made for it', () => {
    const key = '/registry/daemonsets/kube-system/kube-proxy'
    const revision = '/registry/controllerrevisions/kube-system/kube-proxy-abc'
    const saved = {
      [key]: stored('DaemonSet', { uid: 'then', more: [...spec('same'), message(3, text(1, 'two ready'))] }),
      [revision]: stored('ControllerRevision', { uid: 'r-then', owner: 'then' }),
      '/registry/pods/kube-system/kube-proxy-old': stored('Pod', { uid: 'p-then', owner: 'then' }),
      '/registry/configmaps/kube-system/coredns': stored('ConfigMap', { uid: 'c-then', more: spec('changed') }),
    }
    const live = {
      [key]: stored('DaemonSet', { uid: 'now', more: [...spec('same'), message(3, text(1, 'one ready'))] }),
      [revision]: stored('ControllerRevision', { uid: 'r-now', owner: 'now' }),
      '/registry/pods/kube-system/kube-proxy-new': stored('Pod', { uid: 'p-now', owner: 'now' }),
      '/registry/configmaps/kube-system/coredns': stored('ConfigMap', { uid: 'c-now', more: spec('plain') }),
    }
    const wanted = fresh(saved, live)
    expect(wanted.get(key)).toBe(live[key])
    expect(wanted.get(revision)).toBe(live[revision])
    expect([...wanted.keys()].filter((one) => one.startsWith('/registry/pods/'))).toEqual([
      '/registry/pods/kube-system/kube-proxy-new',
    ])
    expect(wanted.get('/registry/configmaps/kube-system/coredns')).toBe(
      saved['/registry/configmaps/kube-system/coredns'],
    )
  })

  it('replaces a workload that says something else, and what was made for it here goes', () => {
    const key = '/registry/deployments/kube-system/coredns'
    const saved = { [key]: stored('Deployment', { uid: 'then', more: spec('three') }) }
    const live = {
      [key]: stored('Deployment', { uid: 'now', more: spec('two') }),
      '/registry/replicasets/kube-system/coredns-1': stored('ReplicaSet', { uid: 'rs', owner: 'now' }),
    }
    expect([...fresh(saved, live)]).toEqual([[key, saved[key]]])
  })

  it('takes certificates, addresses and records of nodes from the cluster that is there', () => {
    const own = [
      '/registry/configmaps/dev/kube-root-ca.crt',
      '/registry/configmaps/kube-public/cluster-info',
      '/registry/leases/kindup/run',
      '/registry/secrets/kube-system/bootstrap-token-abcdef',
    ]
    const all = (kind: string) =>
      Object.fromEntries(own.map((key) => [key, stored('ConfigMap', { uid: kind, more: spec(kind) })]))
    const record = '/registry/secrets/kindup/'
    const live = { ...all('now'), [`${record}nodes`]: stored('Secret', { uid: 'n', more: spec('now') }) }
    const saved = {
      ...all('then'),
      '/registry/configmaps/other/kube-root-ca.crt': stored('ConfigMap', { uid: 'other' }),
      [`${record}nodes`]: stored('Secret', { uid: 'n-then', more: spec('then') }),
      [`${record}web`]: stored('Secret', { uid: 'w', more: spec('then') }),
    }
    expect(fresh(saved, live)).toEqual(new Map(Object.entries({ ...live, [`${record}web`]: saved[`${record}web`] })))
  })

  it('has its tokens issued again, for the accounts that they are of', () => {
    const token = (uid: string): string =>
      stored('Secret', {
        uid,
        annotations: { 'kubernetes.io/service-account.uid': 'account-then' },
        more: [
          pair(2, 'ca.crt', 'of the other'),
          pair(2, 'namespace', 'dev'),
          pair(2, 'token', 'signed by the other'),
          text(3, 'kubernetes.io/service-account-token'),
        ],
      })
    const account = '/registry/serviceaccounts/dev/robot'
    const saved = {
      '/registry/secrets/dev/token': token('t'),
      [account]: stored('ServiceAccount', { uid: 'account-then' }),
    }
    const wanted = fresh(saved, { [account]: stored('ServiceAccount', { uid: 'account-now' }) })
    const data = fieldsOf(wanted.get('/registry/secrets/dev/token')).filter(({ number }) => number === 2)
    expect(data.map(({ bytes }) => wireText(bytes, 1))).toEqual(['namespace'])
    // A token is deleted whose account has another identity than it says.
    expect(wanted.get(account)).toBe(saved[account])
    const other = {
      '/registry/secrets/dev/own': stored('Secret', { uid: 's', more: [pair(2, 'token', 'mine'), text(3, 'Opaque')] }),
    }
    expect(fresh(other, {}).get('/registry/secrets/dev/own')).toBe(other['/registry/secrets/dev/own'])
  })

  it('gives nodes their labels and taints, and leaves them their addresses', () => {
    const key = '/registry/minions/a'
    const node = (uid: string, label: string, range: string, taint: string) =>
      stored('Node', {
        uid,
        labels: { own: label },
        more: [message(2, text(1, range), text(5, taint)), message(3, text(1, uid))],
      })
    const wanted = fresh(
      { [key]: node('then', 'mine', '10.1', 'kept') },
      { [key]: node('now', 'none', '10.2', 'gone') },
    )
    expect(wanted.get(key)).toBe(
      stored('Node', {
        uid: 'now',
        labels: { own: 'mine' },
        more: [message(2, text(1, '10.2'), text(5, 'kept')), message(3, text(1, 'now'))],
      }),
    )
  })

  it('has controllers find again which pods answer for a Service, and keeps addresses that people wrote', () => {
    const service = (selects: boolean) =>
      stored('Service', {
        uid: 's',
        more: [message(2, ...(selects ? [pair(2, 'app', 'web')] : [text(3, '10.0.0.1')]))],
      })
    const slice = (by: string) =>
      stored('EndpointSlice', { uid: by, labels: { 'endpointslice.kubernetes.io/managed-by': by } })
    const wanted = fresh(
      {
        '/registry/services/specs/dev/web': service(true),
        '/registry/services/endpoints/dev/web': stored('Endpoints', { uid: 'e' }),
        '/registry/endpointslices/dev/web-1': slice('endpointslice-controller.k8s.io'),
        '/registry/services/specs/dev/outside': service(false),
        '/registry/services/endpoints/dev/outside': stored('Endpoints', { uid: 'o' }),
        '/registry/endpointslices/dev/outside-1': slice('somebody'),
      },
      {},
    )
    expect([...wanted.keys()]).toEqual([
      '/registry/services/specs/dev/web',
      '/registry/services/specs/dev/outside',
      '/registry/services/endpoints/dev/outside',
      '/registry/endpointslices/dev/outside-1',
    ])
  })

  it('keeps custom resources as they are', () => {
    const key = '/registry/example.com/things/dev/a'
    const value = Buffer.from('{"metadata":{"uid":"x"}}').toString('base64')
    expect([...fresh({ [key]: value }, {})]).toEqual([[key, value]])
  })
})
