import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { missingConfig } from '../../../../manifests/problems/missing-config.ts'
import { madeDeployable } from '../made-deployable.ts'

const web = (spec: object, name = 'web'): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: { template: { spec: { containers: [{ name: 'web', image: 'x' }], ...spec } } },
})
const reads = (name: string, more: object = {}) => ({
  containers: [{ name: 'web', env: [{ name: 'A', valueFrom: { secretKeyRef: { name, key: 'a', ...more } } }] }],
})
const object = (kind: string, name: string, more: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name },
  ...more,
})

const found = (objects: readonly KubeObject[], id = 'service/web', secrets: readonly string[] = []) => {
  const deployable = { ...madeDeployable(id), namespace: 'dev' }
  const documents = objects.map((one) => ({ object: one, at: { file: 'a.yaml', line: 3 } }))
  const known = secrets.map((key) => ({ key, namespaces: ['dev'], at: { file: 'k.yaml' }, keys: undefined }))
  return missingConfig([{ deployable, documents }], known)
}

describe('a Secret or ConfigMap that nothing in the file makes', () => {
  it('is warned of once, with all that read it and the entry that makes it', () => {
    expect(found([web(reads('login')), web(reads('login'), 'worker')])).toEqual([
      {
        severity: 'warning',
        root: 'missing Secret login',
        message:
          'Deployment web and Deployment worker read Secret dev/login, which nothing in this file makes: without it no pod of them starts.',
        at: { file: 'a.yaml', line: 3 },
        step: 'service/web',
        hint: 'secrets: { login: { from: { literals: { KEY: VALUE } }, namespaces: [dev] } }; or optional: true where it is read.',
      },
    ])
    const volumes = { volumes: [{ name: 'v', configMap: { name: 'settings' } }] }
    expect(found([web(volumes)]).map(({ message }) => message)).toEqual([
      expect.stringContaining('reads ConfigMap dev/settings'),
    ])
  })

  it.each<[string, readonly KubeObject[], readonly string[]]>([
    ['is there', [web(reads('login')), object('Secret', 'login')], []],
    ['is among the secrets of the file', [web(reads('login'))], ['login']],
    ['may be missing', [web(reads('login', { optional: true }))], []],
    ['is given', [web({ volumes: [{ name: 'v', configMap: { name: 'kube-root-ca.crt' } }] })], []],
    [
      'could come of a custom resource',
      [web(reads('login')), { ...object('Postgres', 'db'), apiVersion: 'db.example/v1' }],
      [],
    ],
    [
      'could be made by a program with a role for it',
      [web(reads('login')), object('Role', 'maker', { rules: [{ verbs: ['create'], resources: ['secrets'] }] })],
      [],
    ],
  ])('is not spoken of where it %s', (_where, objects, secrets) => {
    expect(found(objects, 'service/web', secrets)).toEqual([])
  })

  it('is none of our business in add-ons', () => {
    expect(found([web(reads('login'))], 'addon/my-chart')).toEqual([])
  })
})
