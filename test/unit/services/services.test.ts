import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ResolvedImage } from '../../../cluster/images/images.ts'
import type { Config, ServiceConfig } from '../../../config/config.ts'
import type { ConfigError } from '../../../core/errors.ts'
import { serviceDeployables } from '../../../services/services.ts'
import { madeConfig, madeImage } from '../../support/made-config.ts'
import { temporary } from '../manifests/helm/helms.ts'

const service = (name: string, parts: Partial<ServiceConfig> = {}): ServiceConfig => ({
  name,
  deploy: { kind: 'manifests', paths: [], patches: [], skip: [] },
  environments: [],
  roll: true,
  hosts: [],
  expose: [],
  needs: [],
  hooks: { before: [], after: [] },
  credentials: [],
  smoke: [],
  ...parts,
})
const image: ResolvedImage = {
  key: 'web',
  name: 'team/web',
  ref: 'localhost/web:2',
  repository: 'localhost/web',
  tag: '2',
  inputs: 'f',
  at: { file: 'f' },
}
const environments = [
  { name: 'dev', namespace: 'dev-ns', vars: { short: 'd' } },
  { name: 'prod', namespace: 'prod', vars: { short: 'p' } },
]
const helm = (parts: object = {}): ServiceConfig['deploy'] => ({
  kind: 'helm',
  chart: { chart: 'oci://x/y' },
  release: '{name}',
  values: [],
  set: {},
  patches: [],
  skip: [],
  ...parts,
})
const problemsOf = (config: Config, images: readonly ResolvedImage[] = []) => {
  try {
    serviceDeployables(config, images)
  } catch (error) {
    return (error as ConfigError).problems
  }
  throw new Error('nothing was refused')
}

describe('serviceDeployables', () => {
  it('deploys a service to each environment, its placeholders filled', async () => {
    await using made = await temporary()
    await mkdir(join(made.folder, 'web'))
    await writeFile(join(made.folder, 'web', 'dev.yaml'), '')
    await writeFile(join(made.folder, 'web', 'prod.yaml'), '')
    const config = madeConfig({
      folder: made.folder,
      environments,
      services: [
        service('web', {
          environments: ['dev', 'prod'],
          deploy: helm({
            release: '{short}-{name}',
            values: ['./{name}/{env}.yaml'],
            set: { 'image.tag': '{image.tag}', full: '{image}', n: 2, other: '{unknown} {{x}}' },
          }),
          hosts: ['{short}.web.local'],
          expose: [{ service: '{name}', port: 80, host: '{env}.local' }],
          placement: { tier: 'backend' },
        }),
      ],
    })
    const [dev, prod, ...more] = serviceDeployables(config, [image])
    expect(more).toEqual([])
    expect(dev).toMatchObject({
      id: 'service/web@dev',
      namespace: 'dev-ns',
      hosts: ['d.web.local'],
      expose: [{ service: 'web', port: 80, host: 'dev.local' }],
      placement: { tier: 'backend' },
      placementBy: 'objects',
      source: {
        release: 'd-web',
        values: [
          { file: join(made.folder, 'web', 'dev.yaml'), at: { file: 'services.web.deploy.helm.values.0' } },
          { set: { 'image.tag': '2', full: 'localhost/web:2', n: 2, other: '{unknown} {{x}}' } },
        ],
      },
    })
    expect(prod).toMatchObject({ id: 'service/web@prod', namespace: 'prod', source: { release: 'p-web' } })
  })

  it('narrows to the named environments, and never leaves out a service that has none', () => {
    const config = madeConfig({
      environments,
      services: [service('a', { environments: ['dev', 'prod'] }), service('b', { namespace: 'x' })],
    })
    expect(serviceDeployables(config, [], ['prod']).map(({ id, namespace }) => [id, namespace])).toEqual([
      ['service/a@prod', 'prod'],
      ['service/b', 'x'],
    ])
  })

  it('takes needs for services of the same environment, and step ids as they are', () => {
    const config = madeConfig({
      environments,
      services: [
        service('web', { environments: ['dev'], needs: ['db', 'shared', 'addon/argocd', 'crds'] }),
        service('db', { environments: ['dev', 'prod'] }),
        service('shared'),
      ],
    })
    expect(serviceDeployables(config, [])[0]?.needs).toEqual([
      'service/db@dev',
      'service/shared',
      'addon/argocd',
      'crds',
    ])
    const elsewhere = madeConfig({
      environments,
      services: [service('web', { environments: ['prod'], needs: ['db'] }), service('db', { environments: ['dev'] })],
    })
    expect(problemsOf(elsewhere)).toEqual([
      expect.objectContaining({
        at: { file: 'services.web.needs.0' },
        step: 'service/web@prod',
        message: expect.stringContaining('dev only'),
      }),
    ])
  })

  it('names all that is not there at once, each with its place', () => {
    const config = madeConfig({
      environments,
      services: [
        service('a', { environments: ['dev'], deploy: helm({ values: ['./{env}.yaml'] }) }),
        service('b', {
          environments: ['dev'],
          deploy: { kind: 'kustomize', folder: './k8s/{env}', patches: [], skip: [] },
        }),
        service('c', { deploy: { kind: 'manifests', paths: ['./x.yaml', './{env}.yaml'], patches: [], skip: [] } }),
        service('d', { deploy: helm({ chart: { chart: '/nowhere/chart' } }) }),
      ],
    })
    expect(problemsOf(config).map(({ at, message }) => [at?.file, message])).toEqual([
      ['services.a.deploy.helm.values.0', expect.stringContaining('/nowhere/dev.yaml')],
      ['services.b.deploy.kustomize', expect.stringContaining('/nowhere/k8s/dev')],
      ['services.c.deploy.manifests.0', expect.stringContaining('/nowhere/x.yaml')],
      ['services.c.deploy.manifests.1', expect.stringContaining('without an environment')],
      ['services.c.deploy.manifests.1', expect.stringContaining('/nowhere/{env}.yaml')],
      ['services.d.deploy.helm.chart', expect.stringContaining('/nowhere/chart')],
    ])
  })

  it('refuses an image placeholder without an image, and drops it where an override is empty', () => {
    const set = { 'image.tag': '{image.tag}', keep: 'x' }
    const services = [service('web', { deploy: helm({ set }) })]
    expect(problemsOf(madeConfig({ services }))).toEqual([
      expect.objectContaining({
        at: { file: 'services.web.deploy.helm.set.image.tag' },
        message: expect.stringContaining('no image of its own'),
      }),
    ])
    const empty: ResolvedImage = { ...image, ref: undefined, repository: undefined, tag: undefined }
    const config = madeConfig({ services, images: [madeImage('web')] })
    expect(serviceDeployables(config, [empty])[0]?.source).toMatchObject({ values: [{ set: { keep: 'x' } }] })
  })
})
