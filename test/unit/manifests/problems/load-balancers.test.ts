import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { loadBalancerProblems } from '../../../../manifests/problems/load-balancers.ts'
import { madeConfig, madeNode } from '../../../support/made-config.ts'
import { madeDeployable } from '../made-deployable.ts'

const service = (name: string, ports: readonly object[] = [{ port: 80 }], type = 'LoadBalancer'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { type, ports },
})
const ingress: KubeObject = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'web' },
  spec: { rules: [{ http: { paths: [{ backend: { service: { name: 'web', port: { number: 80 } } } }] } }] },
}
const config = madeConfig({ nodes: [madeNode('control-plane', { ports: ['8080:30080'] })] })
const problems = (objects: readonly KubeObject[], id = 'service/web', expose: readonly string[] = []) =>
  loadBalancerProblems(
    madeDeployable(id, { expose: expose.map((name) => ({ service: name, port: 80, host: 'x' })) }),
    objects.map((object, index) => ({ object, at: { file: 'k8s.yaml', line: 10 * index + 1 } })),
    config,
  )

describe('loadBalancerProblems', () => {
  it('names the place and the lines that can be pasted, for all that nothing leads to', () => {
    const found = problems(
      [
        service('web', [
          { port: 443, name: 'tls' },
          { port: 8080, name: 'http' },
        ]),
        service('api'),
      ],
      'service/shop@dev',
    )
    expect(found.map(({ at, severity }) => ({ at, severity }))).toEqual([
      { at: { file: 'k8s.yaml', line: 1 }, severity: 'warning' },
      { at: { file: 'k8s.yaml', line: 11 }, severity: 'warning' },
    ])
    expect(found[0]?.message).toContain('Service web is a LoadBalancer')
    expect(found[0]?.hint).toBe(
      [
        'Add to service shop:',
        'expose:',
        '  - { service: web, port: 8080, host: "web.{env}.localhost" }',
        '  - { service: api, port: 80, host: "api.{env}.localhost" }',
      ].join('\n'),
    )
    expect(problems([service('web')])[0]?.hint).toContain('host: web.localhost }')
    expect(problems([service('dev-web')], 'service/web@dev')[0]?.hint).toContain(
      '- { service: "{env}-web", port: 80, host: "{env}-web.localhost" }',
    )
  })

  it.each([
    ['`expose` names it', [service('web')], ['web']],
    ['an Ingress leads to it', [service('web'), ingress], []],
    ['it has a node port that this machine leads to', [service('web', [{ port: 80, nodePort: 30080 }])], []],
    ['it is none', [service('web', [{ port: 80 }], 'ClusterIP')], []],
  ])('says nothing where %s', (_why, objects, expose) => expect(problems(objects, 'service/web', expose)).toEqual([]))

  it('says it of a node port that nothing leads to', () =>
    expect(problems([service('web', [{ port: 80, nodePort: 31111 }])])).toHaveLength(1))

  it('leaves add-ons alone', () => expect(problems([service('web')], 'addon/x')).toEqual([]))
})
