import { expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import type { ImagePathConfig, PatchConfig, SecretConfig, ServiceConfig } from '../../../../config/config.ts'
import { namedNothing } from '../../../../manifests/problems/named-nothing.ts'
import { namedSecrets } from '../../../../manifests/problems/named-secrets.ts'
import { madeConfig } from '../../../support/made-config.ts'
import { madeDeployable } from '../made-deployable.ts'

const object = (apiVersion: string, kind: string, name: string, more: object = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name },
  ...more,
})
const deployment = object('apps/v1', 'Deployment', 'web', { spec: { template: { spec: { containers: [] } } } })
const login = object('v1', 'Secret', 'login')

type Parts = {
  readonly skip?: readonly string[]
  readonly patches?: readonly PatchConfig[]
  readonly credentials?: readonly { readonly name: string; readonly secret: string }[]
  readonly imagePaths?: readonly ImagePathConfig[]
  readonly secrets?: readonly Pick<SecretConfig, 'key' | 'namespaces' | 'from'>[]
}
const configWith = ({ skip = [], patches = [], credentials = [], imagePaths = [], secrets = [] }: Parts) =>
  madeConfig({
    imagePaths,
    secrets,
    environments: [{ name: 'dev', namespace: 'dev', vars: {} }],
    services: [{ name: 'web', deploy: { skip, patches }, credentials } as unknown as ServiceConfig],
  })
const dev = madeDeployable('service/web@dev')
const test = madeDeployable('service/web@test', { namespace: 'test' })
const places = (problems: readonly { readonly at?: { readonly file: string } }[]) => problems.map(({ at }) => at?.file)

/** Where something is said, of a service with a Deployment alone in two environments. */
const said = (parts: Parts, objects: readonly KubeObject[] | undefined = [deployment]) =>
  places(
    namedNothing(
      [
        { deployable: dev, objects: [deployment] },
        { deployable: test, objects },
      ],
      configWith(parts),
    ),
  )

it('names entries of skip that no environment of the service renders', () => {
  const skip = ['Deployment', 'Job', '*.example.io', 'Deployment.apps']
  expect(said({ skip })).toEqual(['services.web.deploy.skip.1', 'services.web.deploy.skip.2'])
  expect(said({ skip }, [object('batch/v1', 'Job', 'x')])).toEqual(['services.web.deploy.skip.2'])
})

it('names targets of patches that meet no object', () => {
  const to = (target: PatchConfig['target']): PatchConfig => ({ patch: '[]', ...(target ? { target } : {}) })
  const patches = [
    to({ kind: 'Deployment' }),
    to({ kind: 'Deploymnt' }),
    to({ kind: 'Deployment', name: 'we.*' }),
    to({ kind: 'Deployment', name: 'we' }),
    to({ group: 'apps', version: 'v1', labelSelector: 'a=b' }),
    to({ kind: '[' }),
    to(undefined),
  ]
  expect(said({ patches })).toEqual(['services.web.deploy.patches.1.target', 'services.web.deploy.patches.3.target'])
})

it.each(['$patch: delete', '[{ op: replace, path: /metadata/name, value: x }]', '[{"op":"replace","path":"/kind"}]'])(
  'says nothing of targets where a patch may take its object away or rename it: %s',
  (patch) => {
    expect(said({ patches: [{ patch, target: { kind: 'Job' } }] })).toEqual([])
  },
)

it('names image paths of kinds and fields that nothing has', () => {
  const at = (kind: string, ...path: readonly string[]): ImagePathConfig => ({ kind, path })
  const imagePaths = [
    at('Deployment', 'spec', 'template'),
    at('Deployment', 'spec', 'image'),
    at('Connect', 'spec'),
    at('Deployment', 'spec', 'template', 'spec', 'containers', '[]'),
  ]
  expect(said({ imagePaths })).toEqual(['imagePaths.1', 'imagePaths.2', 'imagePaths.3'])
})

it('says nothing where objects are not known yet', () => {
  const parts = { skip: ['Job'], imagePaths: [{ kind: 'Connect', path: ['spec'] }] }
  const unknown = { deployable: test, objects: undefined }
  expect(places(namedNothing([unknown], configWith(parts)))).toEqual([])
  expect(places(namedNothing([{ deployable: dev, objects: [deployment] }, unknown], configWith(parts)))).toEqual([])
})

/** Where something is said of Secrets, of a service with these objects in one environment. */
const saidOfSecrets = (parts: Parts, objects: readonly KubeObject[]) =>
  places(
    namedSecrets(
      [dev],
      [{ deployable: dev, documents: objects.map((one) => ({ object: one, at: { file: 'k8s.yaml' } })) }],
      (parts.secrets ?? []).map(({ key, namespaces }) => ({
        key,
        namespaces,
        at: { file: 'f' },
        keys: new Set<string>(),
      })),
      configWith(parts),
    ),
  )
const from = (secret?: string) => (secret === undefined ? {} : { secret }) as SecretConfig['from']

it('names credentials and copies of Secrets that nothing makes', () => {
  const credentials = ['login', 'dev/login', 'logn', 'dev/logn', 'other/login'].map((secret) => ({
    name: 'db',
    secret,
  }))
  expect(saidOfSecrets({ credentials }, [login])).toEqual(
    [2, 3, 4].map((at) => `services.web.credentials.${at}.secret`),
  )
  const copy = (key: string, secret?: string) => ({ key, namespaces: ['dev'], from: from(secret) })
  expect(
    saidOfSecrets({ secrets: [copy('a', 'dev/login'), copy('b', 'dev/nope'), copy('c'), copy('d', 'dev/c')] }, [login]),
  ).toEqual(['secrets.b.from.secret'])
})

it('says nothing of Secrets where a program may make them', () => {
  const credentials = [{ name: 'db', secret: 'nope' }]
  const role = object('rbac.authorization.k8s.io/v1', 'Role', 'r', {
    rules: [{ verbs: ['*'], resources: ['secrets'] }],
  })
  expect(saidOfSecrets({ credentials }, [role])).toEqual([])
  expect(saidOfSecrets({ credentials }, [object('example.io/v1', 'Database', 'db')])).toEqual([])
  expect(saidOfSecrets({ credentials: [{ name: 'x', secret: 'kube-system/x' }] }, [])).toEqual([])
})

it('names namespaces of secrets that nothing else of the file is in', () => {
  const secrets = [{ key: 'a', namespaces: ['dev', 'default', 'prod', 'made'], from: from() }]
  expect(saidOfSecrets({ secrets }, [object('v1', 'Namespace', 'made')])).toEqual(['secrets.a.namespaces'])
  expect(saidOfSecrets({ secrets }, [object('v1', 'Namespace', 'made'), object('v1', 'Namespace', 'prod')])).toEqual([])
})
