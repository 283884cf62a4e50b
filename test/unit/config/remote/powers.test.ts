import { expect, test } from 'vitest'
import { outsidePaths, powersOf } from '../../../../config/remote/powers.ts'

const read = (root: Readonly<Record<string, unknown>>, texts: readonly string[] = []) => ({
  root,
  texts,
  folder: '/cache/repo/deploy',
  repository: '/cache/repo',
})

test('what could run or read something here is told, each in a line', () => {
  const root = {
    cluster: {
      context: 'staging',
      kind: { nodes: [] },
      nodes: [{ role: 'control-plane', mounts: ['/home:/data'], ports: ['80:80', '0.0.0.0:81:81', '127.0.0.1:82:82'] }],
    },
    hosts: { file: '/etc/hosts' },
    images: { base: { build: { context: '.', ssh: true, secrets: { npm: '~/.npmrc', token: { env: 'TOKEN' } } } } },
    secrets: { login: { from: { envFile: '../login.env' } }, plain: { from: { literals: { a: 'b' } } } },
    services: {
      web: {
        image: { build: './web' },
        deploy: { kustomize: { path: '.', loadRestrictor: 'none' } },
        hooks: { before: [{ name: 'test', run: ['npm', 'test'] }] },
      },
    },
  }
  expect(powersOf(read(root, ['a: ${HOME}\nb: $${NOT}\nc: ${KEY:-x}', 'd: ${HOME}']))).toEqual([
    'runs npm test here before web is deployed',
    'builds the image base: what its Dockerfile says runs in your container engine',
    'reads ~/.npmrc as the secret npm of the build of base',
    'reads the variable TOKEN as the secret token of the build of base',
    'lends the keys of your ssh agent to the build of base',
    'builds the image web: what its Dockerfile says runs in your container engine',
    'makes the secret login of envFile ../login.env',
    'lets the nodes see /home',
    'opens the port 0.0.0.0:81:81, not to this machine alone',
    'has raw keys of kind, which may mount folders and open ports: nodes',
    'changes the cluster of your context staging',
    'writes host names to /etc/hosts',
    'lets kustomize read files outside the folder of web',
    'reads of your environment: HOME, KEY',
  ])
})

test('what Argo CD is told to let kustomize read is told, too', () => {
  const argocd = (options: string) => ({
    addons: { argocd: { set: { 'configs.cm.kustomize\\.buildOptions': options } } },
  })
  expect(powersOf(read(argocd('--load-restrictor LoadRestrictionsNone')))).toEqual([
    'lets the kustomizations of all Applications read files outside their folders',
  ])
  expect(powersOf(read(argocd('--enable-helm')))).toEqual([])
})

test('a file that has nothing of that has no powers', () => {
  expect(powersOf(read({ name: 'a', services: { web: { deploy: { manifests: ['./a.yaml'] } } } }))).toEqual([])
})

test('what it would render or send has to be in its repository', () => {
  const root = {
    crds: ['../crds', '../../../etc'],
    secrets: { a: { from: { files: ['/home/me/.ssh/id_ed25519', './in'], envFile: '~/.env' } } },
    addons: { x: { chart: 'x', repo: 'https://a' }, y: { chart: '/srv/chart', values: ['./v.yaml'] } },
    services: { web: { deploy: { manifests: ['https://example.org/a.yaml', '../../b.yaml'] } } },
  }
  expect(outsidePaths(read(root)).map(({ path }) => path.join('.'))).toEqual([
    'crds.1',
    'secrets.a.from.envFile',
    'secrets.a.from.files.0',
    'addons.y.chart',
    'services.web.deploy.manifests.1',
  ])
})

test('what its placeholders make of a path has to be in its repository, too', () => {
  const root = {
    environments: {
      dev: { vars: { where: '../..' } },
      prod: { vars: { where: '/etc' } },
      home: { vars: { where: '~' } },
    },
    services: {
      web: {
        deploy: { manifests: ['./{env}', '{where}/x.yaml', './{where}/x.yaml', './{name}'] },
      },
      apps: {
        deploy: { applications: ['./*/{where}/../**/*.yaml', './a.yaml'] },
        sync: [{ from: '../../x', to: '/x' }],
      },
    },
  }
  expect(outsidePaths(read(root)).map(({ path }) => path.join('.'))).toEqual([
    'services.web.deploy.manifests.1',
    'services.web.deploy.manifests.2',
    'services.apps.deploy.applications.0',
    'services.apps.sync.0.from',
  ])
})

test('what only looks like an address has to be in its repository, too', () => {
  const root = {
    services: {
      web: { deploy: { manifests: ['https://example.org/a/b.yaml', 'x:///../../../../etc/x.yaml', 'x://a/../b'] } },
    },
  }
  expect(outsidePaths(read(root)).map(({ text }) => text)).toEqual(['x:///../../../../etc/x.yaml'])
})

test('no control character of it reaches the terminal: it could hide what it runs', () => {
  const root = {
    services: { web: { hooks: { before: [{ name: 'a', run: ['sh', '-c', 'evil\r\u001B[2K\nnpm \u202Etest'] }] } } },
  }
  expect(powersOf(read(root))).toEqual([
    String.raw`runs sh -c evil\u{d}\u{1b}[2K\u{a}npm \u{202e}test here before web is deployed`,
  ])
})
