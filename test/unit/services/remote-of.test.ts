import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest'
import type { ServiceConfig } from '../../../config/config.ts'
import { ConfigError } from '../../../core/errors.ts'
import { serviceDeployables } from '../../../services/services.ts'
import { madeConfig } from '../../support/made-config.ts'

const outside = mkdtempSync(join(tmpdir(), 'kindup-outside-'))
afterAll(() => rmSync(outside, { recursive: true }))
let root = ''
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'kindup-remote-'))))
afterEach(() => rmSync(root, { recursive: true }))

const write = (folder: string, files: Readonly<Record<string, string>>): void => {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

const commit = 'a'.repeat(40)
const cloned = (url = 'https://git.test/shop', head = 'ref: refs/heads/main') => ({
  '.git/HEAD': `${head}\n`,
  '.git/config': `[remote "origin"]\n\turl = ${url}\n`,
  '.git/refs/remotes/origin/main': commit,
})

type Asked = {
  readonly git?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
  readonly deploy?: object
  readonly tool?: 'argocd' | 'flux'
}

const deploy = ({ git = cloned(), files = {}, deploy: more, tool = 'argocd' }: Asked) => {
  write(root, { ...git, 'env/k/a.yaml': '', 'env/k/b.json': '', ...files })
  const service = {
    name: 'web',
    deploy: {
      patches: [],
      skip: [],
      ...(more ?? { kind: 'manifests', paths: ['k'] }),
    } as unknown as ServiceConfig['deploy'],
    gitops: { tool, source: 'remote' },
    environments: [],
    namespace: 'dev',
    roll: true,
    hosts: [],
    expose: [],
    needs: [],
    hooks: { before: [], after: [] },
    credentials: [],
    smoke: [],
  } as const satisfies ServiceConfig
  return serviceDeployables(madeConfig({ folder: join(root, 'env'), services: [service] }), [])[0]
}
const remote = (asked: Asked) => deploy(asked)?.delivery?.remote
/** Of the one problem: its place in the service, what is wrong, and what to do. */
const refused = (asked: Asked): readonly (string | undefined)[] => {
  try {
    deploy(asked)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.flatMap(({ at, message, hint }) => [
      at?.file.replace('services.web.', ''),
      message.replaceAll(root, 'ROOT').replaceAll(outside, 'OUTSIDE'),
      hint,
    ])
  }
  throw new Error('nothing was refused')
}

const worktree = '`source: worktree` deploys the files as they are here.'
const chart = (parts: object) => ({ kind: 'helm', release: 'web', values: [], set: {}, ...parts })

it('names the remote, what is checked out of it, and where in it the files are', () => {
  const base = { url: 'https://git.test/shop', at: { branch: 'main' }, known: commit }
  expect(remote({})).toEqual({ ...base, path: 'env/k', of: { kind: 'manifests' } })
  expect(remote({ deploy: { kind: 'manifests', paths: ['k/*.yaml', 'k/b.json'] } })).toEqual({
    ...base,
    path: 'env/k',
    of: { kind: 'manifests', files: ['a.yaml', 'b.json'] },
  })
  expect(remote({ deploy: { kind: 'kustomize', folder: 'k' } })).toEqual({
    ...base,
    path: 'env/k',
    of: { kind: 'kustomization' },
  })
  const files = { 'c/Chart.yaml': '', 'c/values.yaml': '', 'env/dev.yaml': '' }
  const own = chart({ chart: { chart: join(root, 'c') }, values: ['dev.yaml'], set: { 'a.b': 1 } })
  expect(remote({ deploy: own, files })).toEqual({
    ...base,
    path: 'c',
    of: { kind: 'chart', release: 'web', valueFiles: ['env/dev.yaml'], values: { a: { b: 1 } }, hasValues: true },
  })
})

it('is a commit where no branch is checked out', () => {
  expect(remote({ git: cloned(undefined, commit) })).toMatchObject({ at: { commit }, known: commit })
})

it.each([
  ['https://me:secret@git.test/shop', 'https://git.test/shop'],
  ['ssh://git:secret@git.test/shop', 'ssh://git@git.test/shop'],
  ['git@git.test:shop', 'git@git.test:shop'],
])('reads %s as %s', (url, expected) => {
  expect(remote({ git: cloned(url) })?.url).toBe(expected)
})

it.each([
  ['in no repository', {}, 'ROOT/env is in no git repository', 'git init, commit and push it'],
  [
    'without a remote',
    { '.git/HEAD': 'ref: refs/heads/main' },
    'the repository ROOT has no git remote',
    'git remote add origin URL',
  ],
  [
    'on a branch that was not pushed',
    cloned(undefined, 'ref: refs/heads/new'),
    'the branch new is not in the remote origin, as far as git here knows',
    'git push --set-upstream origin new',
  ],
])('is refused %s', (_what, git, why, hint) => {
  expect(refused({ git })).toEqual(['gitops.source', `web is left to the git remote, and ${why}.`, hint])
})

const folder = 'that is a folder of this machine, which the cluster does not see'
const ssh = 'Flux reads an address by ssh only with a key: https needs none where anybody may read it'
it.each<readonly [string, string, ('argocd' | 'flux')?]>([
  ['/srv/shop', folder],
  ['../shop', folder],
  ['shop.git', folder],
  ['file:///srv/shop', folder],
  [String.raw`C:\shop`, folder],
  ['http://localhost:3000/shop', 'in the cluster localhost is the controller itself'],
  ['http://127.0.0.1/shop', 'in the cluster 127.0.0.1 is the controller itself'],
  ['http://[::1]:3000/shop', 'in the cluster [::1] is the controller itself'],
  ['git@localhost:shop', 'in the cluster localhost is the controller itself'],
  ['git@git.test:shop', ssh, 'flux'],
  ['ssh://git@git.test/shop', ssh, 'flux'],
  ['git://git.test/shop', 'Flux reads no address by git', 'flux'],
])('is refused with the remote %s', (url, why, tool) => {
  const git = cloned(url)
  expect(refused({ git, ...(tool === 'flux' ? { tool } : {}) })).toEqual([
    'gitops.source',
    `web is left to the git remote ${url}, and ${why}.`,
    'git remote set-url origin https://…',
  ])
})

it.each(['http://localhost.test/shop', 'http://127.test/shop'])(
  'takes %s, which only looks like this machine',
  (url) => {
    expect(remote({ git: cloned(url) })).toMatchObject({ url })
  },
)

it.each([
  ['a file', () => ({ kind: 'manifests', paths: ['k', join(outside, 'a.yaml')] }), 'manifests.1', 'a.yaml'],
  ['a folder', () => ({ kind: 'kustomize', folder: join(outside, 'k') }), 'kustomize', 'k'],
  ['a base', () => ({ kind: 'kustomize', folder: 'over' }), 'kustomize', 'k/kustomization.yaml'],
  ['a chart', () => chart({ chart: { chart: join(outside, 'c') } }), 'helm.chart', 'c'],
  [
    'a values file',
    () => chart({ chart: { chart: join(root, 'c') }, values: [join(outside, 'a.yaml')] }),
    'helm.values.0',
    'a.yaml',
  ],
] as const)('is refused with %s outside of the repository', (_what, made, key, name) => {
  write(outside, { 'a.yaml': '', 'k/kustomization.yaml': '', 'c/Chart.yaml': '' })
  const files = { 'c/Chart.yaml': '', 'env/over/kustomization.yaml': `resources: [${join(outside, 'k')}]\n` }
  expect(refused({ deploy: made(), files })).toEqual([
    `deploy.${key}`,
    `OUTSIDE/${name} is not in the repository ROOT: its remote does not hold it.`,
    worktree,
  ])
})

it.each([
  [
    'a published chart',
    chart({ chart: { chart: 'test', repo: 'https://charts.test' } }),
    'helm.chart',
    /^The chart test is no folder/,
  ],
  ['a chart of a registry', chart({ chart: { chart: 'oci://charts.test/web' } }), 'helm.chart', /^The chart oci:/],
  [
    'charts in a kustomization',
    { kind: 'kustomize', folder: 'k', helm: {} },
    'kustomize',
    /^Argo CD renders no charts of a kustomization unless its configuration says so/,
  ],
  [
    'options of a kustomization',
    { kind: 'kustomize', folder: 'k', loadRestrictor: 'none' },
    'kustomize',
    /^Argo CD has no kustomization read files outside its folder unless its configuration says so/,
  ],
  [
    'an address',
    { kind: 'manifests', paths: ['k', 'https://a.test/a.yaml'] },
    'manifests.1',
    /^https:\/\/a.test\/a.yaml is not in the git remote/,
  ],
  [
    'a folder beside a file',
    { kind: 'manifests', paths: ['k', 'k/a.yaml'] },
    'manifests',
    /one folder can be deployed, or files/,
  ],
] as const)('is refused with %s', (_what, made, key, message) => {
  const [at, said] = refused({ deploy: made })
  expect(at).toBe(`deploy.${key}`)
  expect(said).toMatch(message)
})

it('is refused with a file of JSON that Flux would pass over', () => {
  expect(refused({ tool: 'flux', deploy: { kind: 'manifests', paths: ['k/b.json'] } })).toEqual([
    'deploy.manifests',
    'Of the git remote, one folder can be deployed, or files that end in .yaml, .yml.',
    'Name the files of the folder, or the folder alone.',
  ])
})

it('is refused with parts of lists in `set`', () => {
  const made = chart({ chart: { chart: join(root, 'c') }, set: { 'env[0].name': 'A' } })
  expect(refused({ deploy: made, files: { 'c/Chart.yaml': '' } })).toEqual([
    'deploy.helm.set.env[0].name',
    'env[0].name is a part of a list, and a controller is told whole lists.',
    'Write the list into a values file.',
  ])
})

it('says once what is not there', () => {
  expect(refused({ deploy: chart({ chart: { chart: join(root, 'gone') } }) })).toHaveLength(3)
  expect(refused({ deploy: { kind: 'manifests', paths: ['k/a.yaml', 'gone.yaml'] } })).toHaveLength(3)
  expect(remote({ deploy: { kind: 'manifests', paths: ['none/*.yaml'] } })).toBeUndefined()
})
