import { describe, expect, it } from 'vitest'
import { gatewayFindings, routeFindings } from '../../../../manifests/rules/routes.ts'
import { planObjects, type PlanObject } from '../../../../manifests/rules/plan-objects.ts'

const apiVersion = 'gateway.networking.k8s.io/v1'
const one = (kind: string, name: string, spec: unknown, namespace = 'shop'): PlanObject => ({
  object: { apiVersion, kind, metadata: { name, namespace }, spec },
  namespace,
})
const service: PlanObject = {
  object: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { ports: [{ port: 80 }] } },
  namespace: 'shop',
}
const traefik = one('GatewayClass', 'traefik', { controllerName: 'traefik.io/gateway-controller' }, 'traefik')
const controllerWith = (...more: readonly string[]): PlanObject => {
  const args = ['--providers.kubernetesgateway', '--entryPoints.web.address=:80/tcp', ...more]
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'traefik' },
    spec: { template: { spec: { containers: [{ args }] } } },
  }
  return { object, namespace: 'traefik' }
}
const controller = controllerWith()
const listener = { name: 'web', port: 80, protocol: 'HTTP', hostname: '*.shop.test' }
const gateway = (spec: object = {}, namespace = 'shop') =>
  one('Gateway', 'public', { gatewayClassName: 'traefik', listeners: [listener], ...spec }, namespace)
const route = (spec: object = {}, namespace = 'shop') =>
  one(
    'HTTPRoute',
    'web',
    {
      parentRefs: [{ name: 'public' }],
      hostnames: ['web.shop.test'],
      rules: [{ backendRefs: [{ name: 'web', port: 80 }] }],
      ...spec,
    },
    namespace,
  )

/** What is found in the first of them, in a plan with all; `open`: namespaces that something may still go to. */
const found = (all: readonly PlanObject[], open: readonly string[] = []) => {
  const plan = planObjects(all, [{ name: 'kindup-tls', namespaces: ['shop'], keys: new Set() }], new Set(open))
  const [first] = all
  if (!first) throw new Error('nothing to look at')
  return [...gatewayFindings(first, plan), ...routeFindings(first, plan)].map(
    ({ path, message, hint }) => `${path.join('.')}: ${message}${hint === undefined ? '' : ` | ${hint}`}`,
  )
}

describe('a route', () => {
  it('that leads from a Gateway of the plan to a Service of it is fine', () => {
    expect(found([route(), gateway(), service])).toEqual([])
    expect(found([route({ hostnames: undefined }), gateway(), service])).toEqual([])
    expect(found([route({ parentRefs: [{ name: 'web', kind: 'Service', group: '' }] }), service])).toEqual([])
  })

  it('has each thing that it names and that is not there at its own place', () => {
    expect(found([route({ parentRefs: [{ name: 'pubic' }] }), gateway(), service])).toEqual([
      'spec.parentRefs.0.name: spec.parentRefs[0].name is pubic, and no Gateway of the plan in shop is called that | There is public.',
    ])
    expect(found([route(), gateway({}, 'infra'), service])).toEqual([
      'spec.parentRefs.0.name: spec.parentRefs[0].name is public, and no Gateway of the plan in shop is called that | There is public in infra: add `namespace: infra`.',
    ])
    expect(found([route({ parentRefs: [{ name: 'public', sectionName: 'https' }] }), gateway(), service])).toEqual([
      'spec.parentRefs.0.sectionName: spec.parentRefs[0].sectionName is https, and Gateway public has no such listener (it has web (port 80))',
    ])
    expect(found([route({ hostnames: ['web.shop.test', 'web.test'] }), gateway(), service])).toEqual([
      'spec.hostnames.1: spec.hostnames[1] is web.test, and no listener of its parents takes that name (they take *.shop.test)',
    ])
    const rules = [{ backendRefs: [{ name: 'web', port: 8080 }, { name: 'wbe' }] }]
    expect(found([route({ rules }), gateway(), service])).toEqual([
      'spec.rules.0.backendRefs.0.port: spec.rules[0].backendRefs[0].port is 8080, and Service web has no such port (it has 80)',
      'spec.rules.0.backendRefs.1.name: spec.rules[0].backendRefs[1].name is wbe, and nothing in the plan makes a Service of that name in shop | Did you mean `web`?',
    ])
  })

  it('of another namespace wants a listener that takes it, and a grant for what it names elsewhere', () => {
    const parentRefs = [{ name: 'public', namespace: 'infra' }]
    const all = { ...listener, allowedRoutes: { namespaces: { from: 'All' } } }
    expect(found([route({ parentRefs }), gateway({}, 'infra'), service])[0]).toContain(
      'take no routes of namespace shop',
    )
    expect(found([route({ parentRefs }), gateway({ listeners: [all] }, 'infra'), service])).toEqual([])
    const rules = [{ backendRefs: [{ name: 'web', namespace: 'shop', port: 80 }] }]
    const other = [route({ rules, parentRefs: [{ name: 'public', namespace: 'shop' }] }, 'blog')]
    const grant = one('ReferenceGrant', 'blog', {
      from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'blog' }],
      to: [{ group: '', kind: 'Service' }],
    })
    expect(found([...other, gateway({ listeners: [all] }), service])).toEqual([
      'spec.rules.0.backendRefs.0.namespace: spec.rules[0].backendRefs[0].namespace is shop, and no ReferenceGrant there lets blog name a Service | Add a ReferenceGrant in shop, or take one of blog.',
    ])
    expect(found([...other, gateway({ listeners: [all] }), service, grant])).toEqual([])
  })

  it('is not complained about where something that nobody knows yet may bring what it names', () => {
    expect(found([route({ parentRefs: [{ name: 'x', namespace: 'traefik' }] }), service], ['traefik'])).toEqual([])
    expect(found([route({ hostnames: ['else.test'] }), service], ['shop'])).toEqual([])
  })
})

describe('a Gateway', () => {
  it('has a class that something serves, a port that is listened on, and certificates that are there', () => {
    expect(found([gateway(), traefik, controller])).toEqual([])
    expect(found([gateway({ gatewayClassName: 'traefk' }), traefik])).toEqual([
      'spec.gatewayClassName: spec.gatewayClassName is traefk, and nothing in the plan serves that class (it has traefik): its routes lead nowhere unless the cluster has it | Did you mean `traefik`?',
    ])
    expect(found([gateway({ gatewayClassName: 'istio' }), traefik])[0]).toContain('Write `gatewayClassName: traefik`.')
    expect(found([gateway({ gatewayClassName: 'istio' })])[0]).toContain('Add `gateway: true`')
    expect(found([gateway({ gatewayClassName: 'istio' })], ['istio-system'])).toEqual([])
    expect(found([gateway({ listeners: [{ ...listener, port: 8080 }] }), traefik, controller])[0]).toMatch(
      /^spec\.listeners\.0\.port: .* is 8080, and Traefik listens on 80: it leaves the listener out/,
    )
    const more = controllerWith('--entryPoints.my-api.address=:9443/tcp')
    expect(found([gateway({ listeners: [{ ...listener, port: 9443 }] }), traefik, more])).toEqual([])
    const secured = (name: string) => gateway({ listeners: [{ ...listener, tls: { certificateRefs: [{ name }] } }] })
    expect(found([secured('own'), traefik])[0]).toMatch(/^spec\.listeners\.0\.tls\.certificateRefs\.0\.name: /)
    expect(found([secured('kindup-tls'), traefik])).toEqual([])
  })
})
