import { describe, expect, it } from 'vitest'
import { differenceTo, type Keys } from '../../../../cluster/snapshot/difference.ts'
import { keysFrom, transactions } from '../../../../cluster/snapshot/etcd.ts'
import { readStored } from '../../../../cluster/snapshot/stored-object.ts'
import { wireField, wireFields, wireMessage, type WireField } from '../../../../cluster/snapshot/wire.ts'

const text = (number: number, value: string): WireField => wireField(number, Buffer.from(value))
const message = (number: number, ...fields: readonly WireField[]): WireField => wireField(number, wireMessage(fields))
/** A boolean: no length, so it is written by hand. */
const yes = (number: number): WireField => {
  const raw = Uint8Array.of(number * 8, 1)
  return { number, raw, bytes: raw.subarray(1) }
}

type Made = {
  readonly kind?: string
  readonly uid: string
  readonly owner?: string
  readonly phase?: string
  readonly going?: true
  readonly mirror?: true
  readonly account?: string
  readonly claim?: string
  readonly spec?: string
}

/** An object as the API server writes it into etcd. */
const stored = ({ kind = 'Pod', uid, owner, phase, going, mirror, account, claim, spec = '' }: Made): string => {
  const object = [
    message(
      1,
      text(3, 'dev'),
      text(5, uid),
      ...(going ? [text(9, 'now')] : []),
      ...(mirror ? [message(12, text(1, 'kubernetes.io/config.mirror'), text(2, 'x'))] : []),
      ...(owner === undefined ? [] : [message(13, text(4, owner), yes(6))]),
    ),
    message(
      2,
      claim === undefined ? text(3, spec) : message(1, text(1, 'data'), message(2, message(10, text(1, claim)))),
      ...(account === undefined ? [] : [text(8, account)]),
    ),
    message(3, ...(phase === undefined ? [] : [text(1, phase)])),
  ]
  const unknown = [message(1, text(1, 'v1'), text(2, kind)), message(2, ...object)]
  return Buffer.concat([Buffer.from('k8s\0'), wireMessage(unknown)]).toString('base64')
}

const namespace = ['/registry/namespaces/dev', stored({ kind: 'Namespace', uid: 'ns' })] as const
const keys = (entries: Readonly<Record<string, string>>): Keys => new Map([namespace, ...Object.entries(entries)])
const difference = (saved: Readonly<Record<string, string>>, live: Readonly<Record<string, string>>) =>
  differenceTo(keys(saved), keys(live), () => 'new-uid')
const pod = (value: string | undefined) => readStored(Buffer.from(value ?? '', 'base64'))

const replicaSet = { '/registry/replicasets/dev/web': stored({ kind: 'ReplicaSet', uid: 'rs' }) }
const web = '/registry/pods/dev/web'

describe('what goes back into etcd', () => {
  it('are custom resources too whose kind is called as one that is left alone', () => {
    const key = (kind: string) => `/registry/example.com/${kind}/dev/a`
    const kinds = ['endpoints', 'events', 'leases', 'pods']
    const before = Object.fromEntries(kinds.map((kind) => [key(kind), 'b2xk']))
    const now = Object.fromEntries(kinds.map((kind) => [key(kind), 'bmV3']))
    expect(difference(before, now).puts).toEqual(kinds.map((kind) => [key(kind), 'b2xk']))
    expect(difference({}, now).deletes).toEqual(kinds.map(key))
  })

  it('is what differs: what was changed, what is gone, and that what is new goes', () => {
    const { puts, deletes } = difference(
      {
        '/registry/configmaps/dev/a': 'b2xk',
        '/registry/configmaps/dev/b': 'eA==',
        '/registry/configmaps/dev/same': 'c2FtZQ==',
      },
      {
        '/registry/configmaps/dev/a': 'bmV3',
        '/registry/configmaps/dev/c': 'eQ==',
        '/registry/configmaps/dev/same': 'c2FtZQ==',
      },
    )
    expect(puts).toEqual([
      ['/registry/configmaps/dev/a', 'b2xk'],
      ['/registry/configmaps/dev/b', 'eA=='],
    ])
    expect(deletes).toEqual(['/registry/configmaps/dev/c'])
  })

  it('makes namespaces first and removes them last, and takes owners away before what they own', () => {
    const saved = { '/registry/namespaces/gone': 'bg==', '/registry/configmaps/gone/a': 'YQ==' }
    const live = {
      '/registry/pods/new/web': stored({ uid: 'p', owner: 'rs2' }),
      '/registry/namespaces/new': 'bg==',
      '/registry/replicasets/new/web': stored({ kind: 'ReplicaSet', uid: 'rs2' }),
      '/registry/deployments/new/web': stored({ kind: 'Deployment', uid: 'd2' }),
    }
    expect(difference(saved, live).puts.map(([key]) => key)).toEqual(Object.keys(saved))
    expect(difference(saved, live).deletes).toEqual([
      '/registry/deployments/new/web',
      '/registry/replicasets/new/web',
      '/registry/pods/new/web',
      '/registry/namespaces/new',
    ])
  })

  it('is nothing of events that are over, of who leads now, or of which pods answer for a Service', () => {
    const saved = {
      '/registry/events/dev/old': 'ZQ==',
      '/registry/leases/kube-system/kube-scheduler': 'YQ==',
      '/registry/services/specs/dev/web': 'cw==',
      '/registry/services/endpoints/dev/web': 'MQ==',
      '/registry/masterleases/10.0.0.1': 'MQ==',
    }
    const live = {
      '/registry/events/dev/new': 'ZQ==',
      '/registry/leases/kube-system/kube-scheduler': 'Yg==',
      '/registry/services/specs/dev/web': 'cw==',
      '/registry/services/endpoints/dev/web': 'Mg==',
      '/registry/endpointslices/dev/web-x': 'Mg==',
      '/registry/endpointslices/other/web-x': 'Mg==',
      '/registry/masterleases/10.0.0.2': 'MQ==',
    }
    expect(difference(saved, live)).toEqual({
      puts: [],
      deletes: ['/registry/events/dev/new', '/registry/endpointslices/other/web-x'],
    })
  })

  it('keeps how a node is now', () => {
    const key = '/registry/minions/a'
    const { puts } = difference(
      { [key]: stored({ kind: 'Node', uid: 'n', spec: 'free', phase: 'then' }) },
      { [key]: stored({ kind: 'Node', uid: 'n', spec: 'cordoned', phase: 'now' }) },
    )
    expect(puts).toEqual([[key, stored({ kind: 'Node', uid: 'n', spec: 'free', phase: 'now' })]])
  })

  it('leaves a pod that goes on with the status it has', () => {
    const before = stored({ uid: 'p', phase: 'Running', spec: 'then' })
    const now = stored({ uid: 'p', phase: 'Pending', spec: 'now' })
    expect(difference({ [web]: before }, { [web]: now }).puts).toEqual([
      [web, stored({ uid: 'p', phase: 'Pending', spec: 'then' })],
    ])
    expect(difference({ [web]: before }, { [web]: before })).toEqual({ puts: [], deletes: [] })
  })

  it('leaves pods to the controller that makes them', () => {
    const one = stored({ uid: 'p', owner: 'rs', phase: 'Running' })
    expect(difference({ ...replicaSet, [web]: one }, replicaSet)).toEqual({ puts: [], deletes: [] })
    expect(difference(replicaSet, { ...replicaSet, [web]: one })).toEqual({ puts: [], deletes: [] })
  })

  it.each([
    ['that ends', { uid: 'p', owner: 'rs', phase: 'Running', going: true }],
    ['that has ended', { uid: 'p', owner: 'rs', phase: 'Failed' }],
  ] as const)('removes a pod %s, for its controller to make another', (_what, made) => {
    const before = stored({ uid: 'p', owner: 'rs', phase: 'Running' })
    expect(difference({ ...replicaSet, [web]: before }, { ...replicaSet, [web]: stored(made) })).toEqual({
      puts: [],
      deletes: [web],
    })
  })

  it('removes a pod whose token is that of an account that was made again', () => {
    const account = (uid: string) => ({
      '/registry/serviceaccounts/dev/shop': stored({ kind: 'ServiceAccount', uid }),
    })
    const live = {
      ...replicaSet,
      ...account('2'),
      [web]: stored({ uid: 'p', owner: 'rs', phase: 'Running', account: 'shop' }),
    }
    expect(difference({ ...replicaSet, ...account('1') }, live).deletes).toEqual([web])
  })

  it('has a pod made again whose claim is another one now: it would go on with the volume of that', () => {
    const claim = (uid: string) => ({
      '/registry/persistentvolumeclaims/dev/data': stored({ kind: 'PersistentVolumeClaim', uid }),
    })
    const using = (name: string) => ({
      [web]: stored({ uid: 'new', owner: 'rs', phase: 'Running', claim: name }),
    })
    const saved = { ...replicaSet, ...claim('then') }
    expect(difference(saved, { ...replicaSet, ...claim('now'), ...using('data') }).deletes).toEqual([web])
    expect(difference(saved, { ...replicaSet, ...claim('now'), ...using('other') }).deletes).toEqual([])
    expect(difference(saved, { ...replicaSet, ...claim('then'), ...using('data') }).deletes).toEqual([])
  })

  it('makes a pod that nobody else makes, with a UID that no kubelet has seen end', () => {
    const { puts } = difference({ [web]: stored({ uid: 'p', phase: 'Running', spec: 'then' }) }, {})
    expect(puts.map(([key]) => key)).toEqual([web])
    expect(pod(puts[0]?.[1])).toMatchObject({ uid: 'new-uid', phase: 'Pending' })
  })

  it('puts back a pod that was over as it was', () => {
    const over = stored({ uid: 'p', owner: 'job', phase: 'Succeeded' })
    expect(difference({ [web]: over }, {}).puts).toEqual([[web, over]])
  })

  it('has nothing to do with static pods', () => {
    const key = '/registry/pods/kube-system/etcd-a'
    const mirror = (uid: string) => ({ [key]: stored({ uid, mirror: true, phase: 'Running' }) })
    expect(difference(mirror('1'), mirror('2'))).toEqual({ puts: [], deletes: [] })
    expect(difference(mirror('1'), {})).toEqual({ puts: [], deletes: [] })
  })

  it('is refused where pods cannot be read', () => {
    const encrypted = { [web]: Buffer.from('k8s:enc:aescbc:v1:key1:x').toString('base64') }
    expect(() => difference(encrypted, {})).toThrow('etcd keeps the pods of this cluster encrypted')
    expect(() => difference({ [web]: Buffer.from('k8s\0\xff\xff').toString('base64') }, {})).toThrow(
      'cannot be made here',
    )
  })
})

describe('requests to etcd', () => {
  it('stay below what one may hold', () => {
    const puts = Array.from({ length: 250 }, (_, index) => [`/registry/configmaps/dev/${index}`, 'YQ=='] as const)
    const big = ['/registry/secrets/dev/big', 'A'.repeat(990_000)] as const
    const requests = transactions({ puts: [...puts, big, big], deletes: ['/registry/pods/dev/x'] })
    const sizes = requests.map((request) => (JSON.parse(request) as { success: readonly unknown[] }).success.length)
    expect(sizes).toEqual([100, 100, 51, 2])
    expect(requests.at(-1)).toContain('requestDeleteRange')
  })

  it('are read as they were written', () => {
    const kvs = [{ key: Buffer.from('/registry/a').toString('base64'), value: 'YQ==' }]
    expect([...keysFrom(JSON.stringify({ kvs }))]).toEqual([['/registry/a', 'YQ==']])
    expect(() => keysFrom('{"count":"0"}')).toThrow('without a single key')
  })
})

describe('a protobuf message', () => {
  it('is written as it was read, whatever fields it has', () => {
    const raw = Uint8Array.of(0x08, 0x96, 0x01, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x1a, 2, 65, 66, 0x25, 1, 2, 3, 4)
    expect(wireFields(raw).map(({ number }) => number)).toEqual([1, 2, 3, 4])
    expect(Buffer.from(wireMessage(wireFields(raw)))).toEqual(Buffer.from(raw))
    expect(wireFields(wireField(3, Buffer.alloc(300, 'x')).raw)[0]?.bytes.length).toBe(300)
  })

  it.each([[[0x1a, 5, 65]], [[0x08]], [[0x11, 1]], [[0x0b]], [[0x08, ...Array<number>(12).fill(0xff)]]])(
    'is refused when it is cut or none: %j',
    (bytes) => {
      expect(() => wireFields(Uint8Array.from(bytes))).toThrow(RangeError)
    },
  )
})
