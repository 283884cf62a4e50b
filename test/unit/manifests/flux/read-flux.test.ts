import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { fluxObjects } from '../../../../manifests/flux/flux-objects.ts'
import { readFlux } from '../../../../manifests/flux/read-flux.ts'
import type { Rules } from '../../../../manifests/transform/rules.ts'
import { tree } from '../../../support/tree.ts'

const git = (name: string, url: string, more = ''): string =>
  `apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: ${name}, namespace: flux-system }\nspec: { interval: 1m, url: "${url}"${more} }\n---\n`
const kustomization = (name: string, path: string, more = ''): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: ${name}, namespace: flux-system }\nspec: { interval: 10m, path: "${path}", prune: true, sourceRef: { kind: GitRepository, name: flux-system }${more} }\n---\n`
const deployment = (name: string, image: string): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: ${name} }\nspec: { selector: { matchLabels: { a: b } }, template: { metadata: { labels: { a: b } }, spec: { containers: [{ name: a, image: "${image}" }] } } }\n---\n`

const own = 'ssh://git@github.com/Org/shop.git'

const rules: Rules = {
  cluster: 'shop',
  step: 'service/all',
  skip: [],
  home: 'dev',
  images: [{ key: 'web', name: 'example/web', ref: 'localhost:5001/web:abc', inputs: 'hash' }],
}

/** No folder of these has a kustomization, so that nothing is started. */
const deps = {
  cacheFolder: '/nowhere',
  run: () => Promise.reject(new Error('nothing is to be run')),
  tools: { kubectl: () => Promise.reject(new Error('there is no kubectl')) },
}

const read = async (
  files: Readonly<Record<string, string>>,
  remotes: readonly string[] | null = ['github.com/org/shop'],
  links: Readonly<Record<string, string>> = {},
) => {
  using at = tree(files)
  for (const [link, target] of Object.entries(links)) symlinkSync(target, join(at.folder, link))
  mkdirSync(join(at.folder, '.git'))
  const worktree = { root: at.folder, ...(remotes ? { remotes } : {}) }
  const { documents, problems, graph } = await readFlux(
    { kind: 'flux', folder: join(at.folder, 'clusters/dev'), worktree },
    'dev',
    deps,
  )
  const made = fluxObjects(documents, graph, rules)
  const said = problems.map(
    ({ severity, message, at: place }) =>
      `${severity} ${place?.file.slice(at.folder.length + 1) ?? ''}:${place?.line ?? ''} ${message.replaceAll(at.folder, '')}`,
  )
  return { said, direct: made.documents.map(({ object }) => object), brought: made.brought.map(({ object }) => object) }
}
const names = (objects: readonly KubeObject[]): readonly string[] =>
  objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)
const specOf = (objects: readonly KubeObject[], name: string): Record<string, unknown> =>
  objects.find(({ kind, metadata }) => `${kind} ${metadata.name}` === name)?.['spec'] as Record<string, unknown>

const bootstrapped = {
  'clusters/dev/flux-system/sync.yaml':
    git('flux-system', own, ', ref: { branch: main }') + kustomization('flux-system', './clusters/dev'),
  'clusters/dev/flux-system/components.yaml':
    'apiVersion: v1\nkind: Namespace\nmetadata: { name: flux-system, labels: { app.kubernetes.io/part-of: flux } }\n',
  'clusters/dev/apps.yaml': kustomization('apps', './apps', ', images: [{ name: other, newTag: "2" }]'),
  'apps/web.yaml': deployment('web', 'example/web:1.0'),
}

describe('a folder with objects of Flux', () => {
  it('has those in files that are called as kustomizations, as kubectl apply takes them', async () => {
    const { said, brought } = await read({
      'clusters/dev/web/gitrepository.yaml': git('flux-system', own),
      'clusters/dev/web/kustomization.yaml': kustomization('web', './web'),
      'web/web.yaml': deployment('web', 'example/web:1.0'),
    })
    expect([said, names(brought)]).toEqual([[], ['Deployment web']])
  })

  it('has the source that only bootstrapping writes, where nothing else has it', async () => {
    const { 'clusters/dev/flux-system/sync.yaml': _sync, ...rest } = bootstrapped
    const { said, direct, brought } = await read({ ...rest, 'clusters/dev/flux-system/sync.yaml': '# by bootstrap\n' })
    expect(names(direct)).toEqual(['Kustomization apps', 'GitRepository flux-system'])
    expect(specOf(direct, 'GitRepository flux-system')).toMatchObject({
      url: 'https://github.com/org/shop',
      suspend: true,
    })
    expect(names(brought)).toEqual(['Deployment web'])
    expect(said).toEqual([
      'warning clusters/dev/apps.yaml:4 GitRepository flux-system/flux-system is not in the folder: `flux bootstrap` writes it elsewhere. It is taken for this repository.',
    ])
  })

  it('is applied by its first objects alone: what their Kustomizations bring, Flux brings', async () => {
    const { said, direct, brought } = await read(bootstrapped)
    expect(said).toEqual([])
    expect(names(direct)).toEqual(['GitRepository flux-system', 'Kustomization flux-system'])
    expect(names(brought)).toEqual(['Deployment web'])
    expect(specOf(direct, 'GitRepository flux-system')).toMatchObject({ suspend: true, url: own })
  })

  it('is refused with links that lead out of the repository, straight or by other links', async () => {
    const { said } = await read(bootstrapped, undefined, {
      'apps/out.yaml': '../../elsewhere.yaml',
      'apps/top': '..',
      'round.yaml': 'apps/top/../..',
      'apps/in.yaml': 'web.yaml',
    })
    expect(said).toEqual([
      'error apps/out.yaml: The link /apps/out.yaml leads out of the working tree, to ../../elsewhere.yaml.',
      'error round.yaml: The link /round.yaml leads out of the working tree, to apps/top/../...',
    ])
  })

  it('brings neither Flux itself nor what kindup applies, and has the images of the file in Kustomizations of Kustomizations', async () => {
    const { direct } = await read(bootstrapped)
    const { patches } = specOf(direct, 'Kustomization flux-system') as {
      patches: readonly { target: object; patch: string }[]
    }
    const deletions = patches.filter(({ patch }) => patch.includes('$patch'))
    expect(deletions.map(({ target }) => target)).toEqual([
      { labelSelector: 'app.kubernetes.io/part-of=flux' },
      { group: 'source\\.toolkit\\.fluxcd\\.io', kind: 'GitRepository', name: 'flux-system' },
      { group: 'kustomize\\.toolkit\\.fluxcd\\.io', kind: 'Kustomization', name: 'flux-system' },
    ])
    const apps = patches.find(({ target }) => 'name' in target && target.name === 'apps')
    const operations = JSON.parse(apps?.patch ?? '[]') as readonly { path: string; value: unknown }[]
    const image = { name: 'example/web', newName: 'localhost:5001/web', newTag: 'abc' }
    expect(operations).toContainEqual({
      op: 'replace',
      path: '/spec/images',
      value: [{ name: 'other', newTag: '2' }, image],
    })
    const inner = operations.find(({ path }) => path === '/spec/patches')?.value as readonly {
      target: object
      patch: string
    }[]
    expect(inner.map(({ target }) => target)).toEqual([{ group: 'apps', kind: 'Deployment', name: 'web' }])
    expect(JSON.parse(inner[0]?.patch ?? '[]')).toContainEqual({
      op: 'replace',
      path: '/spec/template/spec/containers/0/image',
      value: 'localhost:5001/web:abc',
    })
  })

  it('leaves sources of other repositories as they are, and makes its own charts follow each file', async () => {
    const release = `apiVersion: helm.toolkit.fluxcd.io/v2beta2\nkind: HelmRelease\nmetadata: { name: own, namespace: flux-system }\nspec: { chart: { spec: { chart: ./c, sourceRef: { kind: GitRepository, name: flux-system } } } }\n`
    const { said, direct } = await read({
      'clusters/dev/a.yaml': git('flux-system', own) + git('other', 'https://github.com/org/other') + release,
      'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 0.1.0\n',
    })
    expect(said).toEqual([])
    expect(specOf(direct, 'GitRepository other')).not.toHaveProperty('suspend')
    expect(specOf(direct, 'HelmRelease own')).toMatchObject({
      chart: { spec: { chart: './c', reconcileStrategy: 'Revision' } },
      postRenderers: [{ kustomize: { images: [{ name: 'example/web' }] } }],
    })
  })

  it('says at its line what Flux could not do', async () => {
    const { said } = await read({
      'clusters/dev/a.yaml':
        git('flux-system', own, ', ref: { tag: v1 }, include: [{ repository: { name: other } }]') +
        kustomization('gone', './nowhere', ', dependsOn: [{ name: nobody }]') +
        kustomization('out', '../elsewhere') +
        'apiVersion: source.toolkit.fluxcd.io/v1\nkind: Bucket\nmetadata: { name: b }\nspec: {}\n---\n' +
        'apiVersion: image.toolkit.fluxcd.io/v1beta2\nkind: ImagePolicy\nmetadata: { name: p }\nspec: {}\n---\n' +
        'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: bare }\n',
    })
    expect(said).toEqual([
      'error clusters/dev/a.yaml:9 Kustomization gone: there is no folder ./nowhere in this repository.',
      'error clusters/dev/a.yaml:14 Kustomization out: ../elsewhere leads out of the repository.',
      'warning clusters/dev/a.yaml:4 GitRepository flux-system is pinned to the tag v1, and what is deployed is the working tree.',
      'error clusters/dev/a.yaml:4 GitRepository flux-system: `include` is not built yet.',
      'warning clusters/dev/a.yaml:9 Kustomization gone depends on Kustomization flux-system/nobody, which nothing in the folder deploys: Flux waits for it.',
      'error clusters/dev/a.yaml:16 Bucket b: a Bucket is not built yet.',
      'warning clusters/dev/a.yaml:21 ImagePolicy p is left out: it writes to repositories and registries.',
      'warning clusters/dev/a.yaml:26 ConfigMap bare is no object of Flux, and no Kustomization deploys it: it is left out.',
    ])
  })

  it('names what git ignores of a chart, at the line that ignores it, and a chart that is not there', async () => {
    const release = (name: string, chart: string): string =>
      `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: ${name}, namespace: flux-system }\nspec: { chart: { spec: { chart: ${chart}, valuesFiles: [./c/local.yaml], sourceRef: { kind: GitRepository, name: flux-system } } } }\n---\n`
    const { said } = await read({
      'clusters/dev/a.yaml': git('flux-system', own) + release('one', './c') + release('two', './d'),
      '.gitignore': '# mine\nlocal.yaml\n',
      'c/.gitignore': '*.tmp.yaml\n',
      'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 0.1.0\n',
      'c/local.yaml': '',
      'c/templates/a.tmp.yaml': '',
      'c/templates/b.yaml': '',
    })
    expect(said).toEqual([
      'error .gitignore:2 c/local.yaml is part of the chart of HelmRelease one, and git ignores it: it reaches Flux neither here nor from the remote.',
      'error c/.gitignore:1 c/templates/a.tmp.yaml is part of the chart of HelmRelease one, and git ignores it: it reaches Flux neither here nor from the remote.',
      'error clusters/dev/a.yaml:14 HelmRelease two: there is no chart ./d in this repository.',
    ])
  })

  it('takes each GitRepository for this folder where nothing tells its remotes, and says so', async () => {
    const { said, direct } = await read({ 'clusters/dev/a.yaml': git('flux-system', 'https://any.example/x') }, null)
    expect(specOf(direct, 'GitRepository flux-system')).toMatchObject({ suspend: true })
    expect(said).toEqual([
      'warning clusters/dev/a.yaml:4 https://any.example/x is taken for this folder, which has no git remote that says so.',
    ])
  })

  it('is a mistake where no object of Flux is in it', async () => {
    const { said } = await read({ 'clusters/dev/a.yaml': deployment('web', 'a') })
    expect(said).toEqual(['error clusters/dev: There is no object of Flux in /clusters/dev.'])
  })
})
