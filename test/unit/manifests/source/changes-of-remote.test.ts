import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Remote } from '../../../../gitops/remote.ts'
import type { Deployable } from '../../../../manifests/deployable.ts'
import { changesOfRemote } from '../../../../manifests/source/changes-of-remote.ts'
import { inFile, parseObjects } from '../../../../manifests/yaml/parse.ts'
import type { Rules } from '../../../../manifests/transform/rules.ts'
import { temporary } from '../helm/helms.ts'
import { madeDeployable } from '../made-deployable.ts'

const web = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: c, image: "team/web:1" }] }
`
const config = (name: string, more = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}${more} }\ndata: { a: b }\n`

const kinds = {
  chart: { kind: 'chart', release: 'web', valueFiles: [], values: {}, hasValues: false },
  kustomization: { kind: 'kustomization' },
  manifests: { kind: 'manifests' },
} as const
const image = { key: 'web', name: 'team/web', ref: 'localhost/web:2', inputs: 'f00d' }

const changes = (
  tool: 'argocd' | 'flux',
  kind: keyof typeof kinds,
  { text = web, rules = {}, parts = {} }: { text?: string; rules?: Partial<Rules>; parts?: Partial<Deployable> } = {},
) => {
  const remote: Remote = { url: 'https://git.test/shop', at: { branch: 'main' }, path: 'k', of: kinds[kind] }
  const made = madeDeployable('service/web', {
    delivery: { tool, home: tool, name: 'web', repository: 'x', port: 1, remote },
    gitopsAt: { file: 'kindup.yaml', line: 7 },
    ...parts,
  })
  return changesOfRemote(made, remote, parseObjects(text, { place: inFile('a.yaml') }).objects, {
    cluster: 'demo',
    step: made.id,
    images: [],
    skip: [],
    home: 'dev',
    ...rules,
  })
}
const at = { file: 'kindup.yaml', line: 7 }
const elsewhere = 'A kustomization, or `tool: flux`, carries it; `source: worktree` deploys the files as they are here.'

it.each(['chart', 'manifests'] as const)('leaves what kindup only marks to Argo CD: %s', (kind) => {
  expect(changes('argocd', kind, { text: `${web}---\n${config('a')}` })).toEqual({
    changes: { patches: [], images: [] },
    problems: [],
  })
})

const patch = { target: { kind: 'Deployment' }, patch: '[]' }
const lost: readonly (readonly [string, object, string])[] = [
  ['patches', { parts: { patches: [patch] } }, '`patches`.'],
  ['what is skipped', { rules: { skip: ['Deployment'] } }, 'with Deployment web, which `skip` names.'],
  [
    'images',
    { rules: { images: [image] } },
    'and here Deployment web gets another spec.template.spec.containers.0.image',
  ],
  [
    'placement',
    { rules: { placement: { nodeSelector: { tier: 'x' }, tolerations: [] } } },
    'and here Deployment web gets another spec.template.spec.nodeSelector',
  ],
]
it.each(lost)('refuses %s that Argo CD cannot carry into a chart or manifests', (_what, asked, message) => {
  for (const kind of ['chart', 'manifests'] as const) {
    const { problems } = changes('argocd', kind, asked)
    expect(problems).toEqual([
      {
        severity: 'error',
        step: 'service/web',
        at,
        message: expect.stringContaining(message),
        hint: expect.stringContaining('flux'),
      },
    ])
    expect(problems[0]?.message).toMatch(
      new RegExp(
        `^service/web: Argo CD deploys ${kind === 'chart' ? 'a chart' : 'plain manifests'} of the remote as they? (is|are)`,
      ),
    )
  }
  for (const [tool, kind] of [
    ['argocd', 'kustomization'],
    ['flux', 'chart'],
    ['flux', 'manifests'],
  ] as const) {
    const carried = changes(tool, kind, asked)
    expect(carried.problems).toEqual([])
    expect(carried.changes.patches).not.toEqual([])
  }
})

it('carries an image by its name, and leaves out what is skipped', () => {
  const { changes: made } = changes('flux', 'manifests', {
    text: `${web}---\n${config('a')}`,
    rules: { images: [image], skip: ['ConfigMap'] },
  })
  expect(made.images).toEqual([{ name: 'team/web', newName: 'localhost/web', newTag: '2' }])
  expect(made.patches).toContainEqual({
    target: expect.objectContaining({ kind: 'ConfigMap', name: 'a' }),
    patch: expect.stringContaining('"$patch":"delete"'),
  })
})

it('refuses patches of the file where the kustomization changes names', async () => {
  await using made = await temporary()
  mkdirSync(join(made.folder, 'k'))
  writeFileSync(join(made.folder, 'k/kustomization.yaml'), 'namePrefix: by-\nnameSuffix: -x\n')
  const source = { kind: 'kustomize', folder: join(made.folder, 'k') } as const
  const text = web.replace('name: web', 'name: by-web-x')
  expect(changes('argocd', 'kustomization', { text, parts: { source, patches: [patch] } }).problems).toEqual([
    {
      severity: 'error',
      step: 'service/web',
      at,
      message: 'service/web: its patches are of names that its kustomization changes (by-, -x).',
      hint: elsewhere,
    },
  ])
  const placed = changes('argocd', 'kustomization', {
    text,
    parts: { source },
    rules: { placement: { nodeSelector: { tier: 'x' }, tolerations: [] } },
  })
  expect(placed.changes.patches).toEqual([
    expect.objectContaining({ target: expect.objectContaining({ name: 'web' }) }),
  ])
})

it('has Flux put all of it into the namespace of the service, unless objects say theirs', () => {
  const other = config('other', ', namespace: elsewhere')
  const cluster = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: elsewhere }\n'
  expect(changes('flux', 'manifests').changes.namespace).toBe('dev')
  expect(changes('flux', 'manifests', { text: `${other}---\n${cluster}` })).toMatchObject({ problems: [] })
  expect(changes('flux', 'manifests', { text: other }).changes).not.toHaveProperty('namespace')
  expect(changes('flux', 'manifests', { text: `${web}---\n${other}` }).problems).toEqual([
    {
      severity: 'error',
      step: 'service/web',
      at,
      message:
        'service/web: Flux puts all of it into one namespace, and ConfigMap other names elsewhere, Deployment web none.',
      hint: 'Write namespace: dev where none is; or `source: worktree`.',
    },
  ])
  for (const [tool, kind] of [
    ['argocd', 'manifests'],
    ['flux', 'chart'],
  ] as const)
    expect(changes(tool, kind, { text: `${web}---\n${other}` }).problems).toEqual([])
})

it('gives a patch of the file to a controller as kustomize itself reads it', () => {
  const patches = [{ target: { kind: 'ConfigMap' }, patch: '[{ op: add, path: /data/b, value: "1" }]' }]
  const { changes: made } = changes('flux', 'kustomization', { parts: { patches } })
  expect(made.patches[0]).toEqual({
    target: { kind: 'ConfigMap' },
    patch: '[{"op":"add","path":"/data/b","value":"1"}]',
  })
})
