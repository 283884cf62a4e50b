import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Found } from '../../../../scripts/init/found.ts'
import { propose } from '../../../../scripts/init/propose.ts'
import { scanFolder } from '../../../../scripts/init/scan.ts'
import { writeDraft } from '../../../../scripts/init/write-draft.ts'
import { tree } from '../../../support/tree.ts'

const seen = (files: Readonly<Record<string, string>>): Found => {
  using at = tree(files)
  return scanFolder(at.folder, 'shop')
}

const deployment = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: {} } }\n'

describe('Dockerfiles', () => {
  const called = (...paths: readonly string[]): readonly string[] =>
    seen(Object.fromEntries(paths.map((path) => [path, 'FROM scratch\n']))).dockerfiles.map(
      ({ name, context, file }) => `${name} ${context}${file === undefined ? '' : ` ${file}`}`,
    )

  it('are called after their folder, or after the project', () => {
    expect(called('Dockerfile', 'web/Dockerfile', 'api/docker/Dockerfile')).toEqual([
      'shop .',
      'api api/docker',
      'web web',
    ])
  })
  it('are called after their suffix, unless it is a variant of one beside it', () => {
    expect(
      called('Dockerfile', 'Dockerfile.worker', 'Dockerfile.dev', 'cron.dockerfile', 'Dockerfile.dockerignore'),
    ).toEqual(['shop .', 'worker . Dockerfile.worker', 'cron . cron.dockerfile'])
    expect(called('Dockerfile.dev')).toEqual(['shop . Dockerfile.dev'])
  })
  it('of bundles for the Operator Lifecycle Manager do not count: no pod could run them', () => {
    const bundle =
      'FROM scratch\nLABEL operators.operatorframework.io.bundle.package.v1=shop\nCOPY bundle /manifests/\n'
    expect(seen({ Dockerfile: 'FROM scratch\n', 'bundle.Dockerfile': bundle }).dockerfiles).toEqual([
      { name: 'shop', context: '.' },
    ])
  })
  it('of other people, of tests and in hidden folders do not count', () => {
    expect(
      called(
        'node_modules/x/Dockerfile',
        'test/Dockerfile',
        '.devcontainer/Dockerfile',
        'vendor/Dockerfile',
        'docs/Dockerfile',
      ),
    ).toEqual([])
  })
})

describe('charts', () => {
  it('within charts, and libraries, are none to install', () => {
    const { charts } = seen({
      'web/Chart.yaml': 'name: web\n',
      'web/charts/db/Chart.yaml': 'name: db\n',
      'lib/Chart.yaml': 'name: lib\ntype: library\n',
    })
    expect(charts.map(({ folder, name }) => [folder, name])).toEqual([['web', 'web']])
  })
  it('have templates that are taken for no manifests', () => {
    const { objects } = seen({ 'web/Chart.yaml': 'name: web\n', 'web/templates/d.yaml': deployment })
    expect(objects).toEqual([])
  })
  it('that are broken are still seen', () => {
    expect(seen({ 'web/Chart.yaml': 'name: [oh\n', 'web/values.yaml': '{{ x' }).charts.map(({ name }) => name)).toEqual(
      ['web'],
    )
  })
})

describe('kustomizations', () => {
  it('of an operator are its default alone, in the namespace that it names: all others are parts of it, bundles and samples', () => {
    const { objects } = seen({
      'config/default/kustomization.yaml': 'namespace: shop-system\nresources: [../rbac, ../manager]',
      'config/manager/kustomization.yaml': 'resources: [d.yaml]',
      'config/manager/d.yaml': deployment.replace('name: web', 'name: web, namespace: system'),
      'config/rbac/kustomization.yaml': 'resources: []',
      'config/network-policy/kustomization.yaml': 'resources: [../manager/d.yaml]',
      'config/samples/kustomization.yaml': 'resources: []',
      'config/manifests/kustomization.yaml': 'resources: [../default, ../samples]',
      'config/overlays/https/kustomization.yaml': 'resources: [../../default]',
    })
    expect(objects.map(({ paths, namespace, environments }) => [paths, namespace, environments])).toEqual([
      [['./config/default'], 'shop-system', []],
    ])
  })

  const paths = (files: Readonly<Record<string, string>>) =>
    seen(files).objects.map(({ paths: own, environments }) => [...own, ...environments.map(({ name }) => name)])

  it('beside their base are environments by their names', () => {
    expect(
      paths({
        'k8s/base/kustomization.yaml': 'resources: [d.yaml]',
        'k8s/base/d.yaml': deployment,
        'k8s/dev/kustomization.yaml': 'resources: [../base]',
        'k8s/prod/kustomization.yaml': 'resources: [../base]',
      }),
    ).toEqual([['./k8s/{env}', 'dev', 'prod']])
  })
  it('that are components are no way to deploy', () => {
    expect(
      paths({
        'k8s/kustomization.yaml': 'resources: [d.yaml]\ncomponents: [tls]',
        'k8s/d.yaml': deployment,
        'k8s/tls/kustomization.yaml': 'kind: Component',
        'spare/kustomization.yaml': 'kind: Component',
      }),
    ).toEqual([['./k8s']])
  })
  it('have files that are no manifests of their own', () => {
    const { objects } = seen({
      'k8s/kustomization.yaml': 'resources: [parts/d.yaml]\npatches: [{ path: p.yaml }]',
      'k8s/parts/d.yaml': deployment,
      'k8s/p.yaml': deployment,
    })
    expect(objects.map(({ kind }) => kind)).toEqual(['kustomize'])
  })
})

describe('manifests', () => {
  const paths = (files: Readonly<Record<string, string>>) => seen(files).objects.map(({ paths: own }) => own)

  it('are named by their folder where it holds nothing else, and one by one where it does', () => {
    expect(paths({ 'k8s/a.yaml': deployment, 'k8s/more/b.yml': deployment })).toEqual([['./k8s']])
    expect(paths({ 'k8s/a.yaml': deployment, 'k8s/settings.json': '{}' })).toEqual([['./k8s/a.yaml']])
  })
  it('are named one by one where a kustomization lies among them', () => {
    expect(
      paths({
        'k8s/a.yaml': deployment,
        'k8s/b/kustomization.yaml': 'resources: [b.yaml]',
        'k8s/b/b.yaml': deployment,
      }),
    ).toEqual([['./k8s/b'], ['./k8s/a.yaml']])
  })
  it('need something to run among them', () => {
    expect(paths({ 'k8s/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n' })).toEqual([])
  })
  it('are no files of tools that look like them', () => {
    expect(
      paths({
        'a.yaml': deployment,
        'skaffold.yaml': 'apiVersion: skaffold/v4beta11\nkind: Config\nmetadata: { name: x }\n',
        'kind.yaml': 'apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\n',
        'broken.yaml': 'apiVersion: v1\nkind: [oh\n',
      }),
    ).toEqual([['./a.yaml']])
  })
  it('that only define kinds come first, by their folder', () => {
    const crd =
      'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: x }\nspec: { group: a.io, names: { kind: X, plural: xs } }\n'
    const { crds, defined, objects } = seen({
      'crds/a.yaml': crd,
      'crds/b.yaml': crd,
      'k8s/c.yaml': crd,
      'k8s/d.yaml': deployment,
    })
    expect([crds, [...new Set(defined)]]).toEqual([['./crds', './k8s/c.yaml'], ['a.io/X']])
    expect(objects.map(({ paths: own }) => own)).toEqual([['./k8s/d.yaml']])
  })
  it('of Argo CD and Flux are told apart, wherever they lie', () => {
    const { gitops, objects } = seen({
      'a/app.yaml': 'apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: { name: a }\n',
      'f/kustomization.yaml': 'resources: [k.yaml]',
      'f/k.yaml': 'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: f }\n',
      'r/rollout.yaml':
        'apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: { name: r }\nspec: { template: { spec: {} } }\n',
    })
    expect(gitops).toEqual([
      { tool: 'argocd', files: ['a/app.yaml'] },
      { tool: 'flux', files: ['f/k.yaml'] },
    ])
    expect(objects.map(({ folder }) => folder)).toEqual(['f'])
  })
})

describe('folders of Flux', () => {
  const reads = (name: string, path: string): string =>
    `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: ${name}, namespace: flux-system }\nspec: { path: ${path}, sourceRef: { kind: GitRepository, name: flux-system } }\n`

  it('that wait for their bootstrap are those whose source nothing has, but for what one of them brings', () => {
    const { fluxFolders } = seen({
      'clusters/staging/apps.yaml': reads('apps', './apps'),
      'clusters/staging/flux-system/gotk-sync.yaml': '# by flux bootstrap\n',
      'clusters/production/apps.yaml': reads('apps', './apps'),
      'apps/more.yaml': reads('more', './more'),
      'tenants/patch.yaml':
        'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: team, namespace: team }\nspec: { path: . }\n',
    })
    expect(fluxFolders.map(({ folder }) => folder).toSorted()).toEqual(['clusters/production', 'clusters/staging'])
  })
  it('that bootstrapping made are those whose Kustomization names them', () => {
    const source =
      'apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: { name: flux-system, namespace: flux-system }\nspec: { url: "https://git.test/shop" }\n'
    const { fluxFolders } = seen({
      'clusters/dev/flux-system/gotk-sync.yaml': `${source}---\n${reads('flux-system', './clusters/dev')}`,
      'clusters/dev/apps.yaml': reads('apps', './apps'),
      'apps/more.yaml': reads('more', './more'),
    })
    expect(fluxFolders.map(({ folder }) => folder)).toEqual(['clusters/dev'])
  })
})

describe('compose files', () => {
  it('tell what can be built as it stands', () => {
    const { compose } = seen({
      'app/compose.yaml': [
        'services:',
        '  Web: { build: { context: ../web, dockerfile: ../Dockerfile.web } }',
        '  remote: { build: "https://example.com/x.git" }',
        '  variable: { build: "${DIR}" }',
        '  db: { image: "postgres:16" }',
        '  nothing:',
      ].join('\n'),
      'web/x': '',
      'Dockerfile.web': 'FROM scratch\n',
    })
    expect(compose).toMatchObject({
      file: 'app/compose.yaml',
      images: [{ name: 'web', context: 'web', file: 'Dockerfile.web' }],
      others: [{ name: 'db', image: 'postgres:16' }],
    })
  })
  it.each(['', 'services: []', 'services: { a: 1 }', '[oh', '- a'])('that hold %j are no reason to fail', (text) => {
    expect(seen({ 'compose.yaml': text }).compose?.images ?? []).toEqual([])
  })
})

it('follows no links, and looks at no name that would be a placeholder', () => {
  using at = tree({ 'web/Dockerfile': 'FROM scratch\n', '{env}/Dockerfile': 'FROM scratch\n' })
  symlinkSync('.', join(at.folder, 'round'))
  mkdirSync(join(at.folder, 'empty'))
  expect(scanFolder(at.folder, 'shop').dockerfiles.map(({ name }) => name)).toEqual(['web'])
})

describe('what a compose file builds', () => {
  it('may be told by the variables of `.env` beside it', () => {
    const { compose } = seen({
      'compose.yaml':
        'services:\n  ad: { image: "${REPO}/ad:1", build: { context: ., dockerfile: "${AD}" } }\n  gone: { build: "${NOWHERE}" }\n',
      '.env': 'REPO=example.org/shop\nAD=./src/ad/Dockerfile\n',
      'src/ad/Dockerfile': 'FROM scratch\n',
    })
    expect(compose?.images).toEqual([
      { name: 'ad', context: '.', file: 'src/ad/Dockerfile', repository: 'example.org/shop/ad' },
    ])
  })

  it('is called after its place where several services are built from it', () => {
    const draft = propose(
      seen({
        'compose.yaml': 'services:\n  front: { build: . }\n  back: { build: . }\n',
        Dockerfile: 'FROM scratch\n',
        'k8s/web.yaml': deployment.replace(
          'spec: {}',
          'spec: { containers: [{ name: web, image: example.org/shop }] }',
        ),
      }),
      'shop',
    )
    expect(draft.services.map(({ image }) => image?.name)).toEqual(['example.org/shop'])
  })
})

it('an Ingress is served by what it was written for, and routes by what serves them', () => {
  const ingress = 'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: web }\n'
  const route = 'apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: web }\n'
  const addons = (more: string): readonly string[] =>
    propose(seen({ 'k8s/web.yaml': `${deployment}---\n${more}` }), 'shop')
      .addons.filter(({ on }) => on)
      .map(({ name }) => name)
  expect(addons(ingress)).toEqual(['ingress-nginx'])
  expect(addons(route)).toEqual(['gateway'])
})

it('routes are deployed with the add-on that serves them, and left out where nothing does', () => {
  const object = (kind: string) => `---\napiVersion: ${kind}\nmetadata: { name: web }\n`
  const draft = propose(
    seen({
      'k8s/web.yaml':
        deployment +
        object('gateway.networking.k8s.io/v1\nkind: GRPCRoute') +
        object('monitoring.coreos.com/v1\nkind: PodMonitor'),
    }),
    'shop',
  )
  expect(draft.services).toMatchObject([{ deploy: { skip: ['PodMonitor.monitoring.coreos.com'] } }])
  expect(draft.addons.filter(({ on }) => on)).toMatchObject([{ name: 'gateway' }])
})

describe('kustomizations with charts', () => {
  const charts = (repo: string) => `helmCharts:\n  - { name: app${repo} }\n`
  const far = ', repo: https://charts.test, version: 1.0.0'

  it('are built with helm where their charts are here, and named where kustomize would fetch into the folder', () => {
    const draft = propose(
      seen({
        'here/kustomization.yaml': charts(''),
        'here/charts/app/Chart.yaml': 'name: app\nversion: 1.0.0\n',
        'far/kustomization.yaml': charts(far),
        'more/kustomization.yaml': 'resources: [below]\n',
        'more/below/kustomization.yaml': charts(far),
      }),
      'shop',
    )
    expect(writeDraft(draft, '')).toContain('      kustomize: { path: ./here, helm: true } # it renders charts\n')
    expect(draft.services.map(({ from }) => from)).not.toContain('./far')
    expect(draft.notes).toContain(
      './far and ./more are left out: kustomize fetches charts for them, into the folder itself. To deploy one all the same: `kustomize: { path: ./far, helm: true }`.',
    )
  })

  it('of Applications have Argo CD told so, or are named', () => {
    const set = (name: string) =>
      `apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: { name: ${name} }\nspec:\n  generators: [{ list: { elements: [{ a: b }] } }]\n  template: { metadata: { name: ${name} }, spec: { project: default, source: { repoURL: "https://git.test/shop", path: ${name} }, destination: { namespace: a } } }\n`
    const files = {
      '.git/config': '[remote "origin"]\n\turl = https://git.test/shop\n',
      '.git/HEAD': 'ref: refs/heads/main\n',
      'argo/here.yaml': set('here'),
      'here/kustomization.yaml': charts(''),
      'here/charts/app/Chart.yaml': 'name: app\nversion: 1.0.0\n',
      'far/kustomization.yaml': charts(far),
    }
    const draft = propose(seen({ ...files, 'argo/far.yaml': set('far') }), 'shop')
    expect(draft.services.map(({ deploy }) => deploy)).toEqual([{ kind: 'applications', paths: ['./argo/here.yaml'] }])
    expect(writeDraft(draft, '')).toContain(String.raw`set: { "configs.cm.kustomize\\.buildOptions": "--enable-helm" }`)
    expect(draft.notes.join('\n')).toContain(
      './argo/far.yaml is left out: kustomize fetches charts for what it would deploy.',
    )
    expect(draft.notes.join('\n')).not.toContain('is for Argo CD, too')
  })
})

it('folders of examples are named where nothing else can be deployed', () => {
  const notes = (files: Readonly<Record<string, string>>): readonly string[] => propose(seen(files), 'shop').notes
  const example = { 'examples/web.yaml': deployment, 'test/web.yaml': deployment }
  expect(notes(example)).toEqual([
    './examples was not looked into. `kindup init --dir ./examples` writes a file for what is there.',
  ])
  expect(notes({ ...example, 'k8s/web.yaml': deployment })).toEqual([])
})

it('takes the compose file of the folder that is called like the project, and names the others', () => {
  const compose = 'services: { web: { image: example/web } }\n'
  const { notes, services } = propose(
    seen({
      'cloud/compose.yaml': compose,
      'shop/compose.yaml': compose,
      'shop/more/compose.yaml': compose,
    }),
    'shop',
  )
  expect(services.map(({ from }) => from)).toEqual(['./shop/compose.yaml'])
  expect(notes).toEqual([
    './cloud/compose.yaml is a compose file as well, and was not looked into. `kindup init --dir ./cloud` writes a file for what is there.',
  ])
})

it('takes no patch for a definition', () => {
  const patch =
    'apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: things.example.com }\nspec: { conversion: { strategy: Webhook } }\n'
  expect(seen({ 'config/patches/webhook.yaml': patch }).crds).toEqual([])
})

it('looks into folders that lie deep', () => {
  const path = 'a/b/c/d/e/f/g/h/web.yaml'
  expect(seen({ [path]: deployment })).toMatchObject({ cut: false, objects: [{ paths: ['./a/b/c/d/e/f/g/h'] }] })
})
