import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { deadEnds, listKey } from '../../../../services/deploy/dead-ends.ts'

const namespace = 'shop'
const object = (apiVersion: string, kind: string, name: string, rest: object = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace },
  ...rest,
})
const lists = (...objects: readonly KubeObject[]) => Map.groupBy(objects, ({ kind }) => listKey(kind, namespace))

const route = (...conditions: readonly (readonly [type: string, status: string, message: string])[]) =>
  object('gateway.networking.k8s.io/v1', 'HTTPRoute', 'web', {
    spec: { parentRefs: [{ name: 'public' }] },
    status: {
      parents: [
        {
          parentRef: { name: 'public' },
          conditions: conditions.map(([type, status, message]) => ({ type, status, message, reason: 'R' })),
        },
      ],
    },
  })

describe('what leads nowhere although everything is ready', () => {
  it('is a route that its controller does not take, in its words', () => {
    const well = route(['Accepted', 'True', ''], ['ResolvedRefs', 'True', ''])
    expect(deadEnds([well], lists(well))).toEqual([])
    const lost = route(['Accepted', 'True', ''], ['ResolvedRefs', 'False', 'service shop/wep not found'])
    expect(deadEnds([lost], lists(lost))).toEqual([
      'HTTPRoute shop/web: Gateway public does not serve it as it says: service shop/wep not found',
    ])
  })

  it('is a Gateway with a listener that is not programmed', () => {
    const gateway = object('gateway.networking.k8s.io/v1', 'Gateway', 'public', {
      status: {
        listeners: [
          {
            name: 'tls',
            conditions: [{ type: 'Programmed', status: 'False', message: 'no certificate', reason: 'R' }],
          },
        ],
      },
    })
    expect(deadEnds([gateway], lists(gateway))).toEqual([
      'Gateway shop/public: its listener tls takes nothing: no certificate',
    ])
  })

  it('is no route of Traefik with a Middleware that was looked for in another namespace alone', () => {
    const traefik = object('traefik.io/v1alpha1', 'IngressRoute', 'web', {
      spec: { routes: [{ services: [{ name: 'web', port: 80 }], middlewares: [{ name: 'auth' }] }] },
    })
    const web = object('v1', 'Service', 'web', { spec: { ports: [{ port: 80 }] } })
    const other = {
      ...object('traefik.io/v1alpha1', 'Middleware', 'other'),
      metadata: { name: 'other', namespace: 'b' },
    }
    const seen = lists(traefik, web)
    expect(deadEnds([traefik], new Map([...seen, [listKey('Middleware', 'b'), [other]]]))).toEqual([])
    expect(deadEnds([traefik], new Map([...seen, [listKey('Middleware', namespace), []]]))).toEqual([
      'IngressRoute shop/web: its Middleware auth is not there',
    ])
  })

  it('is a route of Traefik to a Service that is not there, where Services were listed', () => {
    const traefik = object('traefik.io/v1alpha1', 'IngressRoute', 'web', {
      spec: { routes: [{ services: [{ name: 'wep', port: 80 }] }] },
    })
    const web = object('v1', 'Service', 'web', { spec: { ports: [{ port: 80 }] } })
    expect(deadEnds([traefik], lists(traefik))).toEqual([])
    expect(deadEnds([traefik], lists(traefik, web))).toEqual([
      'IngressRoute shop/web: it leads to the Service wep, which is not there',
    ])
  })

  it('says nothing of what others own', () => {
    const other = route(['Accepted', 'False', 'no'])
    expect(deadEnds([], lists(other))).toEqual([])
  })
})
