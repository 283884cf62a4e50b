import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { nginxProblems } from '../../../../manifests/problems/nginx-ingress.ts'
import { madeDeployable } from '../made-deployable.ts'

const ingress = (
  annotations: Readonly<Record<string, string>> = {},
  paths: readonly object[] = [{ path: '/', pathType: 'Prefix' }],
  spec: object = {},
): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'web', annotations },
  spec: { rules: [{ host: 'web.test', http: { paths } }], ...spec },
})
const nginx = (name: string) => `nginx.ingress.kubernetes.io/${name}`
const controllerWith = (data: object, args: readonly string[] = []): readonly KubeObject[] => [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'ingress-nginx-controller' }, data },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'ingress-nginx-controller' },
    spec: { template: { spec: { containers: [{ args }] } } },
  },
]

/** `controller`: what its chart renders. */
const found = (object: KubeObject, controller: readonly KubeObject[] = controllerWith({})) => {
  const [addOn, web] = [madeDeployable('addon/ingress-nginx'), madeDeployable('service/web')]
  const documents = (objects: readonly KubeObject[]) => objects.map((one) => ({ object: one, at: { file: 'a.yaml' } }))
  return nginxProblems(
    [addOn, web],
    [
      { deployable: addOn, documents: documents(controller) },
      { deployable: web, documents: documents([object]) },
    ],
  )
}

it('says patterns of one Ingress in one sentence: what to do about them is the same', () => {
  const paths = ['/()(.*)', '/api(/|$)(.*)'].map((path) => ({ path, pathType: 'Prefix' }))
  expect(found(ingress({}, paths)).map(({ message }) => message)).toEqual([
    expect.stringContaining('the paths /()(.*), /api(/|$)(.*) with pathType Prefix'),
  ])
})

describe('what the webhook of ingress-nginx would refuse, or its controller leave out', () => {
  it.each([
    ['a snippet', ingress({ [nginx('configuration-snippet')]: 'more_set_headers "a: b";' }), 'takes no snippets'],
    ['a switch that is neither', ingress({ [nginx('ssl-redirect')]: 'no' }), 'ssl-redirect: "no"'],
    ['a number with a unit', ingress({ [nginx('proxy-read-timeout')]: '60s' }), 'proxy-read-timeout: "60s"'],
    ['a size that is none', ingress({ [nginx('proxy-body-size')]: '8 MiB' }), 'proxy-body-size: "8 MiB"'],
    ['a switch of nginx', ingress({ [nginx('proxy-buffering')]: 'true' }), 'proxy-buffering: "true"'],
    ['a target with a question', ingress({ [nginx('rewrite-target')]: '/a?b=$1' }), 'rewrite-target: "/a?b=$1"'],
    ['a pattern with Prefix', ingress({}, [{ path: '/api(/|$)(.*)', pathType: 'Prefix' }]), 'pathType Prefix'],
    ['a path into a secret', ingress({}, [{ path: '/var/run/secrets/x', pathType: 'Prefix' }]), 'for an attack'],
  ])('%s', (_what, object, words) => {
    expect(found(object)).toEqual([
      {
        severity: 'error',
        message: expect.stringContaining(words),
        hint: expect.stringMatching(/^(Write|addons)/),
        at: { file: 'a.yaml' },
        step: 'service/web',
      },
    ])
  })

  it.each([
    ['what is right', ingress({ [nginx('ssl-redirect')]: 'false', [nginx('proxy-body-size')]: '8m' })],
    ['a value that is empty', ingress({ [nginx('proxy-read-timeout')]: '' })],
    [
      'a pattern of its own kind',
      ingress({ [nginx('use-regex')]: 'true' }, [{ path: '/api(/|$)(.*)', pathType: 'ImplementationSpecific' }]),
    ],
    ['annotations of others', ingress({ 'example.test/configuration-snippet': 'x' })],
    ['another class', ingress({ [nginx('ssl-redirect')]: 'no' }, [], { ingressClassName: 'traefik' })],
    ['another class of old', ingress({ [nginx('ssl-redirect')]: 'no', 'kubernetes.io/ingress.class': 'traefik' })],
  ])('says nothing of %s', (_what, object) => {
    expect(found(object)).toEqual([])
  })

  it.each([
    [
      ingress({ [nginx('server-snippet')]: 'x' }),
      controllerWith({ 'allow-snippet-annotations': 'true', 'annotations-risk-level': 'Critical' }),
    ],
    [ingress({}, [{ path: '/a(.*)', pathType: 'Prefix' }]), controllerWith({ 'strict-validate-path-type': 'false' })],
    [ingress({ [nginx('ssl-redirect')]: 'no' }), controllerWith({}, ['--enable-annotation-validation=false'])],
    [ingress({}, [{ path: '/etc/nginx', pathType: 'Prefix' }]), controllerWith({}, ['--deep-inspect=false'])],
  ])('follows what values loosen: %#', (object, controller) => {
    expect(found(object).length).toBe(1)
    expect(found(object, controller)).toEqual([])
  })

  it('warns alone where the chart is not here, and says nothing without the add-on', () => {
    const object = ingress({ [nginx('ssl-redirect')]: 'no' })
    const web = madeDeployable('service/web')
    const known = [{ deployable: web, documents: [{ object, at: { file: 'a.yaml' } }] }]
    expect(nginxProblems([madeDeployable('addon/ingress-nginx'), web], known)).toMatchObject([{ severity: 'warning' }])
    expect(nginxProblems([web], known)).toEqual([])
  })
})
