import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../../../config/load.ts'
import { propose } from '../../../../scripts/init/propose.ts'
import { refine } from '../../../../scripts/init/refine.ts'
import { scanFolder } from '../../../../scripts/init/scan.ts'
import { writeDraft } from '../../../../scripts/init/write-draft.ts'
import { tree } from '../../../support/tree.ts'

const nothing = () => Promise.reject(new Error('no program is needed for manifests'))

const trying = (folder: string) => ({
  folder,
  run: nothing,
  env: { KINDUP_CACHE: join(folder, '.cache'), PATH: '' },
  signal: new AbortController().signal,
})

/** What `init` writes for these files, its comments in one line each; kindup takes it. */
const written = async (files: Readonly<Record<string, string>>): Promise<string> => {
  using at = tree(files)
  const { folder } = at
  const found = scanFolder(folder, 'shop')
  const draft = await refine(propose(found, 'shop'), found, {
    ...trying(folder),
    scan: (without) => scanFolder(folder, 'shop', without),
  })
  const text = writeDraft(draft, '')
  writeFileSync(join(folder, 'kindup.yaml'), text)
  await loadConfig({ cwd: folder, env: {} })
  expect(readdirSync(folder).filter((name) => name.startsWith('.kindup'))).toEqual([])
  return text.replaceAll(/\n# {3}/g, ' ')
}

const workload = (name: string, more = '', image = 'example/web:1'): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}${more} }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: "${image}" }] }
`

describe('what plan would refuse', () => {
  it('is left out file by file, with the line', async () => {
    const text = await written({
      'k8s/web.yaml': workload('web'),
      'k8s/claim.yaml': `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: PVC_NAME }
spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: SIZE } } }
`,
    })
    expect(text).toContain('manifests: [./k8s/web.yaml]')
    expect(text).toMatch(/# \.\/k8s\/claim\.yaml is left out: line 4: .* is the text "SIZE", which is no quantity/)
  })

  it('is left out where one file writes what another one does: the first stays', async () => {
    const text = await written({ 'k8s/a.yaml': workload('web'), 'k8s/b.yaml': workload('web') })
    expect(text).toContain('manifests: [./k8s/a.yaml]')
    expect(text).toMatch(
      /# \.\/k8s\/b\.yaml is left out: line 1: Deployment \S*web is written at \.\/k8s\/a\.yaml:1 too/,
    )
  })

  it('is left out whole where nothing that runs would be left', async () => {
    const text = await written({
      'k8s/web.yaml': workload('WEB_NAME'),
      'k8s/service.yaml':
        'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { selector: { app: web }, ports: [{ port: 80 }] }\n',
      'api/api.yaml': workload('api'),
    })
    expect(text).toContain('manifests: [./api]')
    expect(text).not.toMatch(/manifests: .*k8s/)
    expect(text).toMatch(/# \.\/k8s is left out: .*"WEB_NAME"/)
  })

  it('is left out of a draft that is no configuration, by its lines', async () => {
    using at = tree({ 'k8s/web.yaml': workload('web', '', 'example/other:1') })
    const { folder } = at
    const found = {
      ...scanFolder(folder, 'shop'),
      dockerfiles: [{ name: 'web', context: 'gone', repository: 'example/other' }],
    }
    const draft = await refine(propose(found, 'shop'), found, { ...trying(folder), scan: () => found })
    expect(draft.services.map(({ name, image }) => [name, image])).toEqual([['shop', undefined]])
    expect(draft.notes.join('\n')).toMatch(/The image web is left out: services\.web\.image.*gone does not exist/)
  })
})

describe('a chart among other things', () => {
  it('is for the images that lie beside it', async () => {
    const text = await written({
      'quick/whereami/helm-chart/Chart.yaml': 'apiVersion: v2\nname: whereami\nversion: 1.0.0\n',
      'quick/whereami/helm-chart/values.yaml': 'image: { repository: example/here }\n',
      'first/Dockerfile': 'FROM scratch\n',
      'second/Dockerfile': 'FROM scratch\n',
    })
    expect(text.match(/^ {2}\w+:$/gm)).toEqual(['  whereami:'])
  })
})

describe('environments', () => {
  it('have what belongs to the whole cluster once: in the first of them', async () => {
    const role = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: reader }\nrules: []\n'
    const text = await written({
      'web/dev/web.yaml': workload('web'),
      'web/prod/web.yaml': workload('web'),
      'tool/all.yaml': `${workload('tool')}---\n${role}`,
    })
    expect(text).toContain('  tool:\n    deploy:\n      manifests: [./tool]\n    environments: [dev]\n')
    expect(text).not.toContain('left out')
  })

  it('of one namespace are one: the first of them', async () => {
    const overlay = 'namespace: team\nresources: [../../base]\n'
    const text = await written({
      'k8s/base/kustomization.yaml': 'resources: [web.yaml]\n',
      'k8s/base/web.yaml': workload('web'),
      'k8s/overlays/prod/kustomization.yaml': overlay,
      'k8s/overlays/dev/kustomization.yaml': overlay,
      'k8s/overlays/stage/kustomization.yaml': overlay.replace('team', 'other'),
    })
    expect(text).toContain(
      'environments: # all of them, or one: `kindup up --env NAME`\n  dev: { namespace: team }\n  stage: { namespace: other }\n',
    )
    expect(text).toContain('# The environment prod is left out: in the namespace team is dev already')
  })
})
