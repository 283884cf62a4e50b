import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../../../config/load.ts'
import { makeRun } from '../../../../core/run.ts'
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
    scan: (without, options) => scanFolder(folder, 'shop', without, options),
  })
  const text = writeDraft(draft, '')
  for (const { path, text: manifest } of draft.files ?? []) writeFileSync(join(folder, path), manifest)
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

describe('charts beside several environments', () => {
  const overlay = (env: string) => `namespace: ${env}-ns\nresources: [../../base]\n`
  const files = (kind: string) => ({
    'base/kustomization.yaml': 'resources: [web.yaml]\n',
    'base/web.yaml': workload('web'),
    'overlays/dev/kustomization.yaml': overlay('dev'),
    'overlays/prod/kustomization.yaml': overlay('prod'),
    'overlays/stage/kustomization.yaml': overlay('stage'),
    'charts/roles/Chart.yaml': 'apiVersion: v2\nname: roles\nversion: 0.1.0\n',
    'charts/roles/templates/role.yaml': 'a: 1\n',
    'bin/helm': `#!/bin/sh
case "$1" in
version) printf v4.2.4 ;;
template) echo "$@" >> "$KINDUP_CACHE/../helm.log"
printf -- '---\\n# Source: roles/templates/role.yaml\\napiVersion: rbac.authorization.k8s.io/v1\\nkind: ${kind}\\nmetadata: { name: all }\\nrules: []\\n' ;;
esac
`,
  })
  const renderedIn = async (kind: string): Promise<readonly string[]> => {
    using at = tree(files(kind))
    const { folder } = at
    chmodSync(join(folder, 'bin/helm'), 0o755)
    const env = { ...trying(folder).env, PATH: `${join(folder, 'bin')}:${process.env['PATH']}` }
    const found = scanFolder(folder, 'shop')
    await refine(propose(found, 'shop'), found, {
      ...trying(folder),
      env,
      run: makeRun({ env }),
      scan: (without) => scanFolder(folder, 'shop', without),
    })
    const lines = readFileSync(join(folder, 'helm.log'), 'utf8').trim().split('\n')
    return lines.map((line) => /--namespace (\S+)/.exec(line)?.[1] ?? '').toSorted()
  }

  it('are rendered for one of them where what they make belongs to the whole cluster, and for all of them otherwise', async () => {
    expect(await renderedIn('ClusterRole')).toEqual(['dev-ns'])
    expect(await renderedIn('Role')).toEqual(['dev-ns', 'prod-ns', 'stage-ns'])
  })
})

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

  it('is left out where another program fills it in first, also where Kubernetes would take it as it is', async () => {
    const subject = (namespace: string) => `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: b }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view }
subjects: [{ kind: ServiceAccount, name: x, namespace: "${namespace}" }]
`
    const secret = (text: string) => `apiVersion: v1
kind: Secret
metadata: { name: login }
stringData: { password: "${text}" }
`
    const text = await written({
      'k8s/web.yaml': workload('web'),
      'k8s/image.yaml': workload('image', '', '$REGISTRY/app:$TAG'),
      'k8s/tag.yaml': workload('tag', '', 'example/app:${TAG}'),
      'k8s/bound.yaml': subject('${NAMESPACE}'),
      'k8s/login.yaml': secret('${PASSWORD}'),
      // What others read: a shell, a server, kubelets.
      'k8s/theirs.yaml': workload('theirs').replace(
        '[{ name: web,',
        '[{ name: web, args: ["echo $HOME"], env: [{ name: A, value: "-x ${B} $(C)" }],',
      ),
      'k8s/files.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: files }\ndata: { a: "${HOST}" }\n',
      'k8s/salted.yaml': secret('pa$$WORD-${x}').replace('login', 'salted'),
    })
    expect(text).toContain('manifests: [./k8s/files.yaml, ./k8s/salted.yaml, ./k8s/theirs.yaml, ./k8s/web.yaml]')
    const filledIn = (file: string, line: number, what: string, name: string): string =>
      `# ./k8s/${file}.yaml is left out: line ${line}: ${what}: ${name} stands where another program puts something in before it is applied, such as envsubst.`
    for (const line of [
      filledIn('image', 8, 'Deployment image', '$REGISTRY'),
      filledIn('tag', 8, 'Deployment tag', '${TAG}'),
      filledIn('bound', 5, 'ClusterRoleBinding b', '${NAMESPACE}'),
      filledIn('login', 4, 'Secret login', '${PASSWORD}'),
    ])
      expect(text).toContain(line)
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

describe('what cannot be deployed, beside a compose file', () => {
  it('leaves room for the services of that', async () => {
    const text = await written({
      'k8s/web.yaml': workload('web', '', '').replace('image: ""', 'command: [x]'),
      'compose.yaml': 'services: { db: { image: "postgres:17" } }\n',
    })
    expect(text).toContain('manifests: [./k8s/db.yaml]')
    expect(text).toMatch(/# \.\/k8s is left out: .*image is missing/)
    expect(text).not.toContain('is not deployed')
  })

  it('does not, where something else can be', async () => {
    const text = await written({
      'k8s/web.yaml': workload('web'),
      'compose.yaml': 'services: { db: { image: "postgres:17" } }\n',
    })
    expect(text).toContain('./compose.yaml is not deployed')
    expect(text).not.toContain('db.yaml')
  })

  it('says how profiles are turned on where no service is without one', async () => {
    const text = await written({ 'compose.yaml': 'services: { db: { image: "postgres:17", profiles: [all, dev] } }\n' })
    expect(text).toContain(
      'db of ./compose.yaml is left out: it belongs to the profile all, dev, which is not on. COMPOSE_PROFILES=all in ./.env turns it on.',
    )
  })
})
