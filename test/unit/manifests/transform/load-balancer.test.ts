import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { servesLoadBalancers } from '../../../../manifests/transform/load-balancer.ts'
import type { Rules } from '../../../../manifests/transform/rules.ts'
import { transform } from '../../../../manifests/transform/transform.ts'

const rules: Rules = { cluster: 'demo', step: 'service/web', images: [], skip: [] }

const service = (spec: object, annotations?: Readonly<Record<string, string>>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', ...(annotations ? { annotations } : {}) },
  spec: { type: 'LoadBalancer', selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
})
const specAfter = (object: KubeObject, more: Partial<Rules> = {}) =>
  transform([object], { ...rules, ...more })[0]?.['spec']

describe('a Service that waits for a load balancer', () => {
  it('becomes one that is reached inside the cluster, without the fields that only a load balancer may have', () => {
    const written = service({
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 31000,
      loadBalancerIP: '10.0.0.1',
      loadBalancerSourceRanges: ['10.0.0.0/8'],
      allocateLoadBalancerNodePorts: false,
      sessionAffinity: 'ClientIP',
    })
    expect(specAfter(written)).toEqual({
      type: 'ClusterIP',
      selector: { app: 'web' },
      ports: [{ port: 80 }],
      sessionAffinity: 'ClientIP',
    })
  })

  it('keeps the node ports that it names: this machine may lead there', () => {
    const ports = [{ port: 80, nodePort: 30080 }]
    expect(specAfter(service({ ports, externalTrafficPolicy: 'Local', loadBalancerIP: '10.0.0.1' }))).toEqual({
      type: 'NodePort',
      selector: { app: 'web' },
      ports,
      externalTrafficPolicy: 'Local',
    })
  })

  it.each([
    ['it asks for somebody in particular', service({ loadBalancerClass: 'example.io/mine' }), {}],
    ['it says so', service({}, { 'kindup.dev/load-balancer': 'keep' }), {}],
    ['something in the plan gives addresses', service({}), { loadBalancers: true }],
  ])('stays what it is where %s', (_why, written, more) => {
    expect(specAfter(written, more)).toEqual(written['spec'])
  })

  it('leaves every other object and every other type alone', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('Service', 'Gateway', 'Deployment'),
        fc.constantFrom('ClusterIP', 'NodePort', 'ExternalName', undefined),
        fc.constantFrom('v1', 'serving.knative.dev/v1'),
        (kind, type, apiVersion) => {
          const spec = { ...(type === undefined ? {} : { type }), externalTrafficPolicy: 'Local', loadBalancerIP: 'x' }
          expect(specAfter({ apiVersion, kind, metadata: { name: 'a' }, spec })).toEqual(spec)
        },
      ),
    )
  })
})

describe('charts that serve load balancers', () => {
  it.each(['metallb', 'https://metallb.github.io/metallb', './charts/metallb-0.15.tgz', 'kube-vip'])(
    '%s does',
    (chart) => expect(servesLoadBalancers(['web', chart])).toBe(true),
  )
  it.each(['web', './charts/notmetallb', 'ingress-nginx'])('%s does not', (chart) =>
    expect(servesLoadBalancers([chart])).toBe(false),
  )
})
