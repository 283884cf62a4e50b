import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Source } from '../../../../manifests/deployable.ts'
import { ignoredByGit } from '../../../../manifests/problems/ignored-by-git.ts'
import { madeDeployable } from '../made-deployable.ts'

let root = ''
beforeEach(async () => void (root = await mkdtemp(join(tmpdir(), 'kindup-ignored-'))))
afterEach(() => rm(root, { recursive: true }))

const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), text)
  }
}

const said = (source: Source, isAdopted = true): readonly string[] => {
  const application = { spec: {}, labels: {}, annotations: {} }
  const delivery = { tool: 'argocd', home: 'argocd', name: 'web', repository: 'kindup/a/web', port: 5001 } as const
  const made = madeDeployable('service/web', { source, delivery: { ...delivery, ...(isAdopted && { application }) } })
  return ignoredByGit([made], join(root, 'env')).map(
    ({ at, severity, message }) =>
      `${severity} ${at?.file.slice(root.length + 1)}:${at?.line} ${message.slice(0, message.indexOf(' is part'))}`,
  )
}

const file = (name: string) => ({ file: join(root, name), at: { file: 'a.yaml', line: 1 } })

it('names what git ignores of the chart of an adopted Application and its values, and of what its templates read', async () => {
  await write({
    '.git/config': '',
    '.gitignore': '# mine\nlocal.yaml\n*.conf\ncharts/\n',
    'c/Chart.yaml': 'name: c\n',
    'c/.gitignore': '*.tmp.yaml\nnotes.txt\n',
    'c/notes.txt': '',
    'c/templates/a.tmp.yaml': '{{ .Files.Get "files/app.conf" }}',
    'c/templates/b.yaml': '',
    'c/files/app.conf': '',
    'c/charts/db.tgz': '',
    'values/local.yaml': '',
    'values/dev.yaml': '',
  })
  const values = [file('values/dev.yaml'), file('values/local.yaml')]
  const chart = { kind: 'helm', chart: { chart: join(root, 'c') }, release: 'web', values } as const
  expect(said(chart)).toEqual([
    'warning .gitignore:2 values/local.yaml',
    'warning c/.gitignore:1 c/templates/a.tmp.yaml',
    'warning .gitignore:3 c/files/app.conf',
  ])
  // Its objects are rendered here, and no controller reads the files elsewhere.
  expect(said(chart, false)).toEqual([])
  expect(said({ ...chart, chart: { chart: 'web', repo: 'https://charts.example' } })).toEqual([
    'warning .gitignore:2 values/local.yaml',
  ])
})

it('names what git ignores of a kustomization and of plain manifests', async () => {
  await write({
    '.git/config': '',
    '.gitignore': 'secret.env\nb.yaml\n',
    'k/kustomization.yaml': 'resources: [a.yaml]\nsecretGenerator: [{ name: s, envs: [secret.env] }]\n',
    'k/a.yaml': '',
    'k/secret.env': '',
    'k/b.yaml': '',
  })
  expect(said({ kind: 'kustomize', folder: join(root, 'k') })).toEqual(['warning .gitignore:1 k/secret.env'])
  expect(said({ kind: 'manifests', paths: [join(root, 'k/a.yaml'), join(root, 'k/b.yaml')] })).toEqual([
    'warning .gitignore:2 k/b.yaml',
  ])
})

it('is an error where a controller reads the remote of this repository', async () => {
  await write({ '.git/config': '', '.gitignore': 'b.yaml\n', 'k/b.yaml': '' })
  const remote = { url: 'https://git.test/a', at: { branch: 'main' }, path: 'k', of: { kind: 'manifests' } } as const
  const delivery = { tool: 'flux', home: 'flux-system', name: 'web', repository: 'a', port: 1, remote } as const
  const made = madeDeployable('service/web', {
    source: { kind: 'manifests', paths: [join(root, 'k/b.yaml')] },
    delivery,
  })
  expect(ignoredByGit([made], join(root, 'env'))).toMatchObject([
    {
      severity: 'error',
      at: { file: join(root, '.gitignore'), line: 1 },
      message: 'k/b.yaml is part of service/web, and git ignores it: it is not in the remote.',
    },
  ])
})
