import { describe, expect, it } from 'vitest'
import { routeProblems } from '../../../../manifests/problems/routes.ts'
import { madeDeployable } from '../made-deployable.ts'

const ingress = (
  host: string | undefined,
  paths: readonly string[],
  { annotations = {}, className }: { annotations?: Record<string, string>; className?: string } = {},
) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'web', annotations },
  spec: {
    ...(className === undefined ? {} : { ingressClassName: className }),
    rules: [{ ...(host === undefined ? {} : { host }), http: { paths: paths.map((path) => ({ path })) } }],
  },
})
const found = (...objects: readonly ReturnType<typeof ingress>[]) =>
  routeProblems(
    objects.map((object, index) => ({
      deployable: madeDeployable(`service/web@env${index}`),
      documents: [{ object, at: { file: `${index}.yaml`, line: 3 } }],
    })),
  )

describe('routeProblems', () => {
  it('names both places of a host that two environments ask for', () => {
    expect(found(ingress('web.test', ['/', '/api']), ingress('web.test', ['/api']))).toEqual([
      {
        severity: 'error',
        root: 'route ["","web.test","/api"]',
        message:
          'web.test/api leads to Ingress web of service/web@env1, and to web of service/web@env0 already (0.yaml:3).',
        at: { file: '1.yaml', line: 3 },
        step: 'service/web@env1',
        hint: expect.stringContaining('{env}') as string,
      },
    ])
  })

  it.each([
    ['another path', ingress('web.test', ['/api'])],
    ['another host', ingress('other.test', ['/'])],
    ['no host at all', ingress(undefined, ['/'])],
    ['another controller', ingress('web.test', ['/'], { className: 'internal' })],
    ['a canary', ingress('web.test', ['/'], { annotations: { 'nginx.ingress.kubernetes.io/canary': 'true' } })],
  ])('says nothing of %s', (_what, other) => {
    expect(found(ingress('web.test', ['/']), other)).toEqual([])
  })
})
