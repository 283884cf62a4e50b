import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { ownRepository } from '../../../config/adopt/own-repository.ts'
import { readApplications } from '../../../config/adopt/read-applications.ts'
import { repositoryKey } from '../../../config/adopt/repository-key.ts'
import type { Config } from '../../../config/config.ts'
import { loadConfig } from '../../../config/load.ts'

let root = ''
const write = async (file: string, text: string): Promise<void> => {
  await mkdir(dirname(join(root, file)), { recursive: true })
  await writeFile(join(root, file), text)
}

const own = 'https://me:token@GitHub.com/Org/shop.git'

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'kindup-adopt-'))
  await write('.git/config', '[core]\n\tbare = false\n[remote "origin"]\n\turl = git@github.com:org/shop\n')
  await write('charts/app/Chart.yaml', 'apiVersion: v2\nname: app\nversion: 0.1.0\n')
  await write('charts/app/values-prod.yaml', '')
  await write('values/dev.yaml', '')
  await write('k8s/dev/kustomization.yaml', 'resources: []\n')
  await write('plain/a.yaml', '')
  await write('plain/deep/b.yaml', '')
  await write('plain/ignored.txt', '')
  await write('apps/one/config.json', '{ "name": "one", "at": { "env": "dev" } }')
  await write('apps/two/config.json', '{ "name": "two", "at": { "env": "prod" } }')
})

afterAll(async () => rm(root, { recursive: true }))

it.each([
  ['git@GitHub.com:Org/Shop.git'],
  ['ssh://git@github.com:22/org/shop'],
  ['ssh://git@ssh.github.com:443/org/shop.git'],
  ['https://me:token@github.com/org/shop/'],
  ['git://github.com/org/shop.git/'],
  ['  https://github.com/org/shop.git'],
])('takes %s for the same repository', (url) => {
  expect(repositoryKey(url)).toBe('github.com/org/shop')
})

it.each([
  ['https://gitlab.com/org/shop'],
  ['https://github.com/org/shop2'],
  ['https://git.example.org/org/shop'],
  ['/srv/git/shop'],
])('takes %s for another', (url) => {
  expect(repositoryKey(url)).not.toBe('github.com/org/shop')
})

it('keeps the case of paths where a server may tell them apart, and reads remotes of worktrees and insteadOf', async () => {
  expect(repositoryKey('https://Git.Example.org:8443/Org/Shop')).toBe('git.example.org/Org/Shop')
  await write('linked/.git', 'gitdir: ../.git/worktrees/linked\n')
  await write('.git/worktrees/linked/commondir', '../..\n')
  expect(ownRepository(join(root, 'linked'))).toEqual({
    root: join(root, 'linked'),
    remotes: new Set(['github.com/org/shop']),
  })
  await write(
    'short/.git/config',
    '[remote "o"]\n  pushurl = work:shop.git\n[url "https://git.example.org/"]\n  insteadOf = work:\n',
  )
  expect(ownRepository(join(root, 'short/')).remotes).toEqual(new Set(['work/shop', 'git.example.org/shop']))
  await rm(join(root, 'linked'), { recursive: true })
  await rm(join(root, 'short'), { recursive: true })
})

const application = (spec: object, metadata: object = { name: 'web', namespace: 'argocd' }): string =>
  stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata,
    spec: { project: 'default', destination: { namespace: 'dev', name: 'in-cluster' }, ...spec },
  })

const read = async (text: string) => {
  await write('app.yaml', text)
  return readApplications(join(root, 'app.yaml'), ownRepository(root))
}

const adoptedBy = async (source: object) => {
  const { adopted, findings } = await read(application('sources' in source ? source : { source }))
  return {
    source: adopted[0]?.source,
    application: adopted[0]?.application,
    said: findings.map(({ message }) => message),
  }
}

describe('an Application of this repository', () => {
  it('leads a chart, its values from its own folder and from the root, and all that is written inline to the working tree', async () => {
    const helm = {
      valueFiles: ['values-prod.yaml', '/values/dev.yaml', 'missing.yaml'],
      ignoreMissingValueFiles: true,
      values: 'a: 1\nb: no\nc: 0644\n',
      parameters: [
        { name: 'image.tag', value: '1.10', forceString: true },
        { name: 'debug', value: 'true' },
      ],
    }
    const {
      source,
      application: kept,
      said,
    } = await adoptedBy({ repoURL: own, path: 'charts/app', targetRevision: 'main', helm })
    expect(said).toEqual([])
    expect(source).toMatchObject({
      kind: 'helm',
      chart: { chart: join(root, 'charts/app') },
      release: 'web',
      values: [
        { file: join(root, 'charts/app/values-prod.yaml') },
        { file: join(root, 'values/dev.yaml') },
        { values: { a: 1, b: false, c: 420 } },
        { set: { 'image.tag': '1.10', debug: true } },
      ],
    })
    expect(kept).toEqual({
      namespace: 'argocd',
      labels: {},
      annotations: {},
      spec: { project: 'default', destination: { server: 'https://kubernetes.default.svc', namespace: 'dev' } },
    })
  })

  it('takes a published chart with values of this repository by `ref`', async () => {
    const chart = {
      repoURL: 'https://charts.example',
      chart: 'redis',
      targetRevision: '1.2.3',
      helm: { releaseName: 'db', valueFiles: ['$here/values/dev.yaml'] },
    }
    expect(
      (await adoptedBy({ sources: [chart, { repoURL: own, ref: 'here', targetRevision: 'HEAD' }] })).source,
    ).toMatchObject({
      chart: { chart: 'redis', repo: 'https://charts.example', version: '1.2.3' },
      release: 'db',
      values: [{ file: join(root, 'values/dev.yaml') }],
    })
  })

  it('takes kustomizations and folders of manifests', async () => {
    expect((await adoptedBy({ repoURL: own, path: './k8s/dev' })).source).toEqual({
      kind: 'kustomize',
      folder: join(root, 'k8s/dev'),
    })
    expect((await adoptedBy({ repoURL: own, path: 'plain' })).source).toEqual({
      kind: 'manifests',
      paths: [join(root, 'plain/a.yaml')],
    })
    const directory = { recurse: true, exclude: 'a.yaml' }
    expect((await adoptedBy({ repoURL: own, path: 'plain', directory })).source).toEqual({
      kind: 'manifests',
      paths: [join(root, 'plain/deep/b.yaml')],
    })
  })

  it.each([
    [{ repoURL: own, path: 'chart/app' }, 'there is no folder chart/app in this repository.'],
    [{ repoURL: own, path: '../x' }, '../x leads out of the repository.'],
    [
      { repoURL: own, path: 'charts/app', helm: { valueFiles: ['none.yaml'] } },
      'there is no values file none.yaml in this repository.',
    ],
    [{ repoURL: own, path: 'charts/app', helm: { valueFiles: ['$x/none.yaml'] } }, 'no source has the ref x.'],
    [
      { repoURL: own, path: 'charts/app', plugin: { name: 'x' } },
      'what a plugin makes is Argo CD’s alone: it cannot be rendered here.',
    ],
    [{ repoURL: own, path: 'k8s/dev', kustomize: { namePrefix: 'a-' } }, 'kustomize.namePrefix is not built yet.'],
    [
      {
        sources: [
          { repoURL: own, path: 'plain' },
          { repoURL: own, path: 'k8s/dev' },
        ],
      },
      'several sources that deploy something are not built yet.',
    ],
    [{ repoURL: own, path: 'plain/deep', directory: { jsonnet: {} } }, 'jsonnet is not built yet.'],
  ])('refuses %j', async (source, message) => {
    const { source: made, said } = await adoptedBy(source)
    expect([made, said]).toEqual([undefined, [`Application web: ${message}`]])
  })

  it('says where it stands, and that a pinned revision is not what is deployed', async () => {
    const { findings } = await read(application({ source: { repoURL: own, path: 'plain', targetRevision: 'v1.2.3' } }))
    expect(findings).toEqual([
      {
        severity: 'warning',
        message: 'Application web: it is pinned to v1.2.3, and what is deployed is the working tree.',
        at: { file: join(root, 'app.yaml'), line: 14, column: 21 },
      },
    ])
    expect((await read('kind: Application\nmetadata: { name: web\n')).findings[0]).toMatchObject({
      severity: 'error',
      at: { line: 3 },
    })
  })
})

it('carries out the Applications that another one deploys, wherever they lead', async () => {
  await write('nest/web.yaml', application({ source: { repoURL: own, path: 'plain' } }))
  await write('nest/again.yaml', application({ source: { repoURL: own, path: 'nest' } }, { name: 'again' }))
  await write('nest/config.yaml', 'kind: ConfigMap\nmetadata: { name: a }\n')
  const { adopted, findings, files } = await read(
    application({ source: { repoURL: own, path: 'nest' } }, { name: 'root' }),
  )
  expect([
    adopted.map(({ name, source }) => [name, 'paths' in source && source.paths.map((path) => path.slice(root.length))]),
    findings,
  ]).toEqual([
    [
      ['root', ['/nest/config.yaml']],
      ['again', ['/nest/config.yaml']],
      ['web', ['/plain/a.yaml']],
    ],
    [],
  ])
  expect(files).toContain(join(root, 'nest/web.yaml'))
  await write(
    'nest/config.yaml',
    `kind: ConfigMap\nmetadata: { name: a }\n---\n${application({ source: { repoURL: own, path: 'plain' } })}`,
  )
  expect(
    (await read(application({ source: { repoURL: own, path: 'nest' } }, { name: 'root' }))).findings[0],
  ).toMatchObject({
    message: 'Application root deploys this file, and ConfigMap a stands among Applications in it.',
  })
})

it('leaves an Application alone that names nothing of this repository', async () => {
  const { source, application: kept } = await adoptedBy({ repoURL: 'https://github.com/org/other', path: 'plain' })
  expect([source, kept]).toEqual([
    { kind: 'manifests', paths: [join(root, 'app.yaml')], only: { kind: 'Application', name: 'web' } },
    undefined,
  ])
})

const set = (generators: readonly object[], template: object, more: object = {}): string =>
  stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: { name: 'all', namespace: 'argocd' },
    spec: { generators, template, ...more },
  })
const template = (name: string, path: string, namespace = 'dev') => ({
  metadata: { name },
  spec: { source: { repoURL: own, path }, destination: { namespace } },
})

describe('an ApplicationSet', () => {
  const made = async (text: string) => {
    const { adopted, findings } = await read(text)
    return [adopted.map(({ name, namespace }) => `${namespace}/${name}`), findings.map(({ message }) => message)]
  }

  it('makes what its generators say: a list, folders and files of this repository, and a matrix of both', async () => {
    const list = { list: { elements: [{ env: 'dev' }, { env: 'prod' }] } }
    expect(await made(set([list], template('{{env}}-web', 'plain', '{{ env }}')))).toEqual([
      ['dev/dev-web', 'prod/prod-web'],
      [],
    ])
    const folders = {
      git: {
        repoURL: own,
        directories: [{ path: 'k8s/*' }, { path: 'plain/*' }, { path: 'plain/deep', exclude: true }],
      },
    }
    expect(await made(set([folders], template('{{path.basename}}-{{path[0]}}', '{{path}}')))).toEqual([
      ['dev/dev-k8s'],
      [],
    ])
    const files = { git: { repoURL: own, files: [{ path: 'apps/*/config.json' }] } }
    expect(await made(set([files], template('{{name}}', 'plain', '{{at.env}}')))).toEqual([['dev/one', 'prod/two'], []])
    const go = template('{{ .name }}-{{ .env }}', 'plain', '{{index .path.segments 1}}')
    expect(await made(set([{ matrix: { generators: [files, list] } }], go, { goTemplate: true }))).toEqual([
      ['one/one-dev', 'one/one-prod', 'two/two-dev', 'two/two-prod'],
      [],
    ])
  })

  it.skipIf(process.getuid?.() === 0)('passes over folders of this repository that are closed to it', async () => {
    const closed = join(root, 'data')
    await mkdir(closed, { mode: 0o000 })
    const files = { git: { repoURL: own, files: [{ path: 'apps/*/config.json' }] } }
    const found = await made(set([files], template('{{name}}', 'plain', '{{at.env}}')))
    await chmod(closed, 0o700)
    expect(found).toEqual([['dev/one', 'prod/two'], []])
  })

  it('says what it cannot: other generators, and what nothing fills in', async () => {
    expect(await made(set([{ pullRequest: {} }], template('a', 'plain')))).toEqual([
      [],
      ['ApplicationSet all: the generator pullRequest is not built yet: list, git, clusters, matrix and merge are.'],
    ])
    expect(await made(set([{ list: { elements: [{}] } }], template('{{nmae}}', 'plain')))).toEqual([
      [],
      ['ApplicationSet all: nothing of its generators fills in {{nmae}}.'],
    ])
  })

  it('makes what several generators say together, chosen by labels, with what a generator has of the template and a patch', async () => {
    const files = (more: object = {}) => ({ git: { repoURL: own, files: [{ path: 'apps/*/config.json' }], ...more } })
    const go = template('{{ .name | upper | lower }}-{{ default "x" .size }}', 'plain', '{{ .at.env }}')
    const sizes = { list: { elements: [{ name: 'two', size: 'big' }, { name: 'nobody' }] } }
    const merge = { merge: { mergeKeys: ['name'], generators: [files(), sizes] } }
    expect(await made(set([merge], go, { goTemplate: true }))).toEqual([['dev/one-x', 'prod/two-big'], []])
    const chosen = { ...files(), selector: { matchExpressions: [{ key: 'at.env', operator: 'In', values: ['prod'] }] } }
    expect(await made(set([chosen], go, { goTemplate: true }))).toEqual([['prod/two-x'], []])
    // The second of a matrix may name what the first one made.
    const folders = { list: { elements: [{ folder: 'one' }] } }
    const below = { git: { repoURL: own, files: [{ path: 'apps/{{folder}}/*.json' }], values: { as: '{{name}}!' } } }
    const plain = template('{{name}}', 'plain', '{{values.as}}')
    expect(await made(set([{ matrix: { generators: [folders, below] } }], plain))).toEqual([['one!/one'], []])
    const named = files({ pathParamPrefix: 'own', template: { spec: { destination: { namespace: 'qa' } } } })
    const patched = { templatePatch: 'metadata:\n  name: patched-{{ own.path.basename }}\n' }
    expect(await made(set([named, { clusters: {} }], template('{{name}}', 'plain'), patched))).toEqual([
      [],
      ['ApplicationSet all: nothing of its generators fills in {{ own.path.basename }}.'],
    ])
    expect(await made(set([named], template('{{name}}', 'plain'), patched))).toEqual([
      ['qa/patched-one', 'qa/patched-two'],
      [],
    ])
    // What a file says first is not what kind it is.
    const { git } = named
    const ordered = { selector: { matchLabels: { 'at.env': 'prod' } }, git }
    expect(await made(set([ordered], template('{{name}}', 'plain')))).toEqual([['qa/two'], []])
  })

  it.each([
    [
      { clusters: { selector: { matchLabels: { env: 'dev' } } } },
      'its clusters generator has `selector`, and Argo CD knows no label of the cluster that it runs in.',
    ],
    [{ merge: { generators: [{ clusters: {} }, { clusters: {} }] } }, 'a merge generator needs mergeKeys.'],
    [
      { merge: { mergeKeys: ['a'], generators: [{ list: { elements: [{ a: '1' }, { a: '1' }] } }, { clusters: {} }] } },
      'two of its entries have the same a: 1.',
    ],
    [
      { matrix: { generators: [{ plugin: {} }, { clusters: {} }] } },
      'the generator plugin is not built yet: list, git, clusters, matrix and merge are.',
    ],
    [{ list: { elementsYaml: '[' } }, 'its elementsYaml is no YAML: '],
    [{ matrix: { generators: [{ clusters: {} }] } }, 'a matrix generator takes two generators.'],
    [{ git: { repoURL: own, depth: 1 } }, '`depth` of its git generator is not built yet.'],
    [
      {
        list: {
          elements: [
            { name: 'in-cluster', b: '1' },
            { name: 'in-cluster', b: '2' },
          ],
        },
      },
      'two of its Applications are called in-cluster.',
    ],
  ])('says of %j what is wrong with it', async (generator, message) => {
    const both = template('{{name}}', 'plain', '{{b}}')
    expect(await made(set([generator], both))).toEqual([
      [],
      [expect.stringContaining(`ApplicationSet all: ${message}`)],
    ])
  })

  it('says that its generators make nothing, and which of their files is no YAML', async () => {
    const files = (path: string) => ({ git: { repoURL: own, files: [{ path }] } })
    const none = [[], ['ApplicationSet all: its generators make no Application of what is here.']]
    expect(await made(set([files('no/*/config.json')], template('x', 'plain')))).toEqual(none)
    expect(await made(set([], template('x', 'plain')))).toEqual(none)
    await write('broken/config.yaml', 'a: 1\nb: [1\nc: 2\n')
    expect(await made(set([files('broken/*.yaml')], template('x', 'plain')))).toEqual([
      [],
      [expect.stringMatching(/^ApplicationSet all: broken\/config\.yaml:3 is no YAML: did not find/)],
    ])
    await write('broken/config.yaml', 'a: *nothing\n')
    expect(await made(set([files('broken/*.yaml')], template('x', 'plain')))).toEqual([
      [],
      [expect.stringMatching(/^ApplicationSet all: broken\/config\.yaml:1 is no YAML: unknown anchor/)],
    ])
  })
})

describe('services', () => {
  const load = async (text: string) => {
    await write('kindup.yaml', `name: shop\nenvironments: { dev: {}, prod: {} }\nservices:\n${text}`)
    return loadConfig({ cwd: root, env: {}, file: join(root, 'kindup.yaml') }).then(
      ({ config }) => config,
      (error: { readonly problems: readonly { readonly message: string }[] }) =>
        error.problems.map(({ message }) => message),
    )
  }

  it('is a service where each environment has one Application, and one each where there are several', async () => {
    const source = { source: { repoURL: own, path: 'plain' } }
    await write('argo/dev.yaml', application({ ...source, destination: { namespace: 'dev' } }, { name: 'dev-web' }))
    await write('argo/prod.yaml', application({ ...source, destination: { namespace: 'prod' } }, { name: 'prod-web' }))
    const one = await load('  web: { deploy: { applications: ["./argo/{env}.yaml"] }, smoke: [{ path: / }] }\n')
    expect(one).toMatchObject({
      services: [
        {
          name: 'web',
          gitops: { tool: 'argocd' },
          environments: ['dev', 'prod'],
          deploy: { of: { dev: { name: 'dev-web' }, prod: { name: 'prod-web' } } },
        },
      ],
      addons: [{ name: 'argocd', broughtBy: 'services.web.gitops' }],
    })
    await write('argo/more.yaml', application({ ...source, destination: { namespace: 'prod' } }, { name: 'db' }))
    const text =
      '  apps: { deploy: { applications: ["./argo/*.yaml"] } }\n  late: { deploy: { manifests: [./plain] }, needs: [apps] }\n'
    const several = await load(text)
    expect(several).toMatchObject({
      services: [
        { name: 'dev-web', origin: 'apps', environments: ['dev'] },
        { name: 'db', environments: ['prod'] },
        { name: 'prod-web', environments: ['prod'] },
        { name: 'late', needs: ['apps'] },
      ],
    })
    expect(several).toMatchObject({ files: expect.arrayContaining([join(root, 'argo/db.yaml'.replace('db', 'more'))]) })
    expect(await load('  apps: { deploy: { applications: ["./argo/*.yaml"] }, smoke: [{ path: / }] }\n')).toEqual([
      'services.apps.smoke belongs to one Application, and there are 3 of them.',
    ])
  })

  it('leaves all of them as they are where they come from their remotes', async () => {
    await write('argo3/a.yaml', application({ source: { repoURL: own, path: 'gone' } }))
    const config = await load(
      '  web: { deploy: { applications: ["./argo3/*.yaml"] }, gitops: { tool: argocd, source: remote } }\n',
    )
    expect(config).toMatchObject({
      services: [{ environments: ['dev'], deploy: { of: { dev: { source: { only: { name: 'web' } } } } } }],
      addons: [{ name: 'argocd', set: {} }],
    })
    await write('argo3/a.yaml', set([{ scmProvider: {} }], template('{{ repository }}', 'gone', '{{ repository }}')))
    expect(
      await load('  web: { deploy: { applications: ["./argo3/*.yaml"] }, gitops: { tool: argocd, source: remote } }\n'),
    ).toMatchObject({
      services: [{ deploy: { of: { dev: { name: 'all', source: { only: { kind: 'ApplicationSet' } } } } } }],
      addons: [{ name: 'argocd', set: { 'applicationSet.replicas': 1 } }],
    })
  })

  it('knows of those which Applications they make by the files here, and which namespaces they ask for', async () => {
    const asked = { syncPolicy: { syncOptions: ['CreateNamespace=true'] } }
    const remote = async (text: string): Promise<unknown> => {
      await write('argo4/a.yaml', text)
      const config = await load(
        '  web: { deploy: { applications: ["./argo4/*.yaml"] }, gitops: { tool: argocd, source: remote } }\n',
      )
      return (config as Pick<Config, 'services'>).services[0]?.deploy
    }
    const elements = [{ list: { elements: [{ key: 'a' }, { key: 'b' }] } }]
    const made = template('{{key}}', 'plain', 'dev')
    expect(await remote(set(elements, made))).toMatchObject({
      of: { dev: { makes: ['a', 'b'].map((name) => ({ name, namespace: 'dev' })), creates: [] } },
    })
    const { spec } = made as { readonly spec: object }
    expect(await remote(set(elements, { ...made, spec: { ...spec, ...asked } }))).toMatchObject({
      of: { dev: { creates: ['dev'] } },
    })
    expect(
      await remote(application({ source: { repoURL: 'https://elsewhere.example.org/x', path: '.' }, ...asked })),
    ).toMatchObject({ of: { dev: { creates: ['dev'] } } })
  })

  it('says what no environment has, what is nowhere, and what lives elsewhere', async () => {
    await write(
      'argo2/a.yaml',
      application({ source: { repoURL: own, path: 'plain' }, destination: { namespace: 'qa' } }),
    )
    expect(await load('  apps: { deploy: { applications: ["./argo2/*.yaml"] } }\n')).toEqual([
      'Application web deploys to the namespace qa, which no environment of the service has.',
    ])
    expect(await load('  apps: { deploy: { applications: ["./nowhere/*.yaml"] } }\n')).toEqual([
      'services.apps.deploy.applications[0]: nothing is at ./nowhere/*.yaml.',
    ])
    await write(
      'argo2/a.yaml',
      application({ source: { repoURL: own, path: 'plain' } }, { name: 'web', namespace: 'cd' }),
    )
    expect(await load('  apps: { deploy: { applications: ["./argo2/*.yaml"] } }\n')).toEqual([
      'Application web lives in the namespace cd, and Argo CD in argocd.',
    ])
  })
})
