import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { textAt } from '../../core/fields.ts'
import { realTool } from '../support/real-tools.ts'
import { argo, argoChart } from '../support/stand-ins/argo.ts'
import { machine, type Machine } from '../support/stand-ins/machine.ts'
import { changesOf, deployment, endedWell, soundly } from './shop.ts'
import { ownPort } from '../support/own-port.ts'
import { replaceIn } from '../support/replace-in.ts'

const file = `name: shop
cluster: { registry: { port: PORT } }
addons: { argocd: { chart: ./argo } }
hosts: { mode: none }
environments: { dev: {} }
services:
  web:
    deploy: { manifests: [./web.yaml] }
    gitops: argocd
`

const config = (text: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: page }\ndata: { text: ${text} }\n---\n`

const helm = realTool('helm4')

describe.skipIf(helm === undefined)('a service that Argo CD deploys', () => {
  let at: Machine

  beforeEach(async () => {
    at = await machine({ tools: { helm: helm ?? '' }, api: { controllers: [argo(() => at.world)] } })
    at.world.images.set('registry:3', { id: 'sha256:1', labels: {} })
    const port = String(await ownPort())
    await Promise.all([
      at.write('kindup.yaml', file.replace('PORT', port)),
      at.write('web.yaml', config('one') + deployment('web', 'example/web:1')),
      ...Object.entries(argoChart).map(([path, text]) => at.write(`argo/${path}`, text)),
    ])
  })
  afterEach(() => at[Symbol.asyncDispose]())

  const well = async (...args: readonly string[]) => endedWell(soundly(at, await at.kindup(args)))
  const touched = async (...args: readonly string[]) => changesOf(await well('up', '--json', ...args))
  const edit = (name: string, from: string, to: string) => replaceIn(at.path(name), from, to)
  const state = () => at.api('shop').state
  const application = () =>
    state().get({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'argocd', name: 'web-dev' })
  const live = (kind: string, name: string) =>
    state().get({ apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1', kind, namespace: 'dev', name })
  const managersOf = (kind: string, name: string) =>
    live(kind, name)
      ?.metadata.managedFields?.filter(({ manager }) => /kindup|helm|argocd/.test(manager))
      .map(({ manager }) => manager)
  const pushes = () => [...at.world.blobs.values()].flatMap((held) => [...held.keys()]).toSorted()

  it('is packed, pushed, synced and ready, and is no news the second time', async () => {
    const plan = (await well('plan', '--json')).json()
    expect(plan.steps.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['registry', 'addon/argocd', 'gitops/argocd', 'service/web@dev']),
    )
    expect(await touched()).toContain('service/web@dev created')
    expect(application()).toMatchObject({
      metadata: { finalizers: ['resources-finalizer.argocd.argoproj.io'] },
      spec: {
        project: 'kindup',
        source: { targetRevision: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
        destination: { namespace: 'dev' },
        syncPolicy: { automated: { prune: true, selfHeal: true } },
      },
    })
    expect(managersOf('ConfigMap', 'page')).toEqual(['argocd-controller'])
    const before = pushes()
    expect(await touched()).toEqual([])
    expect(pushes()).toEqual(before)
    expect((await well('status', '--json')).json()['healthy']).toBe(true)
  })

  it('follows a change, and prunes what the files no longer have', async () => {
    await touched()
    await edit('web.yaml', 'text: one', 'text: two')
    expect(await touched()).toEqual(['service/web@dev updated'])
    expect(live('ConfigMap', 'page')?.['data']).toEqual({ text: 'two' })
    await edit('web.yaml', config('two'), '')
    expect(await touched()).toEqual(['service/web@dev updated'])
    expect(live('ConfigMap', 'page')).toBeUndefined()
    expect(live('Deployment', 'web')).toBeDefined()
  })

  it('has hooks of Argo CD’s own, which are no news once they are gone', async () => {
    const hook = (name: string) =>
      `apiVersion: batch/v1\nkind: Job\nmetadata:\n  ${name}\n  annotations: { argocd.argoproj.io/hook: PostSync, argocd.argoproj.io/hook-delete-policy: HookSucceeded }\nspec: { template: { spec: { restartPolicy: Never, containers: [{ name: a, image: "example/web:1" }] } } }\n---\n`
    await at.write(
      'web.yaml',
      config('one') + hook('name: after') + hook('generateName: each-') + deployment('web', 'example/web:1'),
    )
    await touched()
    const jobs = () => state().list({ apiVersion: 'batch/v1', kind: 'Job', namespace: 'dev' })
    for (const { metadata } of jobs())
      state().remove({ apiVersion: 'batch/v1', kind: 'Job', namespace: 'dev', name: metadata.name })
    expect(await touched()).toEqual([])
    expect((await well('status', '--json')).json()['healthy']).toBe(true)
  })

  it('is said to find no room in the registry, goes on as it was, and follows once there is room', async () => {
    await touched()
    const [storage = ''] = at.world.blobs.keys()
    at.world.full.add(storage)
    const revision = () => textAt(application(), 'spec', 'source', 'targetRevision')
    const before = [revision(), pushes()]
    await edit('web.yaml', 'text: one', 'text: two')
    for (const command of ['up', 'sync']) {
      const { code, stderr } = await at.kindup([command])
      expect([command, code]).toEqual([command, 1])
      expect(stderr).toContain(' is full: there is no space left on its disk for kindup/shop/web/dev.')
      expect(stderr).toMatch(
        /docker rm --force kindup-registry-\d+ && docker volume rm kindup_registry-\d+ && kindup up/,
      )
      expect([revision(), pushes(), [...at.world.halfSent]]).toEqual([...before, []])
    }
    expect(live('ConfigMap', 'page')?.['data']).toEqual({ text: 'one' })
    at.world.full.clear()
    expect(await touched()).toEqual(['service/web@dev updated'])
    expect(live('ConfigMap', 'page')?.['data']).toEqual({ text: 'two' })
  })

  it('is handed to Argo CD and back while it runs, with every field owned by one of them', async () => {
    await edit('kindup.yaml', '    gitops: argocd\n', '')
    await touched()
    const uid = live('Deployment', 'web')?.metadata.uid
    expect(managersOf('ConfigMap', 'page')).toEqual(['kindup'])
    await edit('kindup.yaml', 'web.yaml]', 'web.yaml] }\n    gitops: argocd #')
    await edit('web.yaml', 'data: { text: one }', 'data: { other: two }')
    expect(await touched()).toEqual(['gitops/argocd created', 'service/web@dev updated'])
    // What kindup had set and the files no longer have is gone.
    expect(live('ConfigMap', 'page')?.['data']).toEqual({ other: 'two' })
    expect(managersOf('ConfigMap', 'page')).toEqual(['argocd-controller'])
    expect(live('Deployment', 'web')?.metadata.uid).toBe(uid)

    await edit('kindup.yaml', '    gitops: argocd', '    #')
    await edit('kindup.yaml', '#', 'roll: true #')
    await edit('web.yaml', 'data: { other: two }', 'data: { text: three }')
    expect(await touched()).toEqual(['gitops/argocd removed', 'service/web@dev updated'])
    expect(application()).toBeUndefined()
    expect(live('ConfigMap', 'page')).toMatchObject({ data: { text: 'three' } })
    expect(live('ConfigMap', 'page')?.metadata.annotations ?? {}).toEqual({})
    expect(managersOf('ConfigMap', 'page')).toEqual(['kindup'])
    expect(live('Deployment', 'web')?.metadata.uid).toBe(uid)
  })

  it('goes on running when Argo CD itself is taken out of the file with it', async () => {
    await touched()
    const uid = live('Deployment', 'web')?.metadata.uid
    await edit('kindup.yaml', '    gitops: argocd\n', '')
    await edit('kindup.yaml', 'addons: { argocd: { chart: ./argo } }\n', '')
    expect(await touched()).toEqual(
      expect.arrayContaining(['addon/argocd removed', 'gitops/argocd removed', 'service/web@dev updated']),
    )
    expect(live('Deployment', 'web')?.metadata.uid).toBe(uid)
  })

  it('is handed over from a release of helm and back while it runs', async () => {
    const chart = '{ helm: { chart: ./chart } }'
    await Promise.all([
      at.write('chart/Chart.yaml', 'apiVersion: v2\nname: web\nversion: 1.0.0\n'),
      at.write('chart/templates/web.yaml', config('one') + deployment('web', 'example/web:1')),
    ])
    await edit('kindup.yaml', '{ manifests: [./web.yaml] }\n    gitops: argocd', chart)
    await touched()
    const uid = live('Deployment', 'web')?.metadata.uid
    const releases = () =>
      state()
        .list({ apiVersion: 'v1', kind: 'Secret', namespace: 'dev' })
        .filter(({ metadata }) => metadata.labels?.['owner'] === 'helm')
    expect(releases()).toHaveLength(1)

    await edit('kindup.yaml', chart, `${chart}\n    gitops: argocd`)
    await edit('chart/templates/web.yaml', 'data: { text: one }', 'data: { other: two }')
    expect(await touched()).toEqual(['gitops/argocd created', 'service/web@dev updated'])
    expect(releases()).toEqual([])
    expect(live('ConfigMap', 'page')?.['data']).toEqual({ other: 'two' })
    expect(live('Deployment', 'web')?.metadata.uid).toBe(uid)
    expect(managersOf('ConfigMap', 'page')).toEqual(['argocd-controller'])

    await edit('kindup.yaml', '    gitops: argocd\n', '')
    await edit('chart/templates/web.yaml', 'data: { other: two }', 'data: { text: three }')
    expect(await touched()).toEqual(['gitops/argocd removed', 'service/web@dev updated'])
    expect(releases()).toHaveLength(1)
    expect(live('ConfigMap', 'page')?.['data']).toEqual({ text: 'three' })
    expect(live('Deployment', 'web')?.metadata.uid).toBe(uid)
  })

  it('is taken away with all that it is, and comes back', async () => {
    await touched()
    expect((await well('undeploy', 'web', '--json', '--yes')).json().removed).toEqual([
      'service/web@dev',
      'namespace dev',
    ])
    expect(application()).toBeUndefined()
    expect(live('Deployment', 'web')).toBeUndefined()
    expect(await touched()).toEqual(['service/web@dev created'])
  })

  it('is taken away although Argo CD does not run any more', async () => {
    await touched()
    state().behave('web-dev', 'crashes')
    const document = JSON.parse((await well('undeploy', 'web', '--json', '--yes')).stdout) as { warnings: unknown }
    expect(document.warnings).toEqual([
      expect.stringContaining('Application argocd/web-dev hung on resources-finalizer.argocd.argoproj.io'),
    ])
    expect(application()).toBeUndefined()
    expect(live('Deployment', 'web')).toBeUndefined()
  })

  it('comes back as it was before', async () => {
    await touched()
    await edit('web.yaml', 'text: one', 'text: two')
    await touched()
    await well('rollback', 'web')
    expect(live('ConfigMap', 'page')?.['data']).toEqual({ text: 'one' })
    expect(managersOf('ConfigMap', 'page')).toEqual(['argocd-controller'])
    expect(await touched()).toEqual(['service/web@dev updated'])
    expect(live('ConfigMap', 'page')?.['data']).toEqual({ text: 'two' })
  })

  it('is synced by a command of its own', async () => {
    const early = soundly(at, await at.kindup(['sync']))
    expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('There is no cluster shop to sync to.')])
    await touched()
    await edit('web.yaml', 'text: one', 'text: two')
    const document = JSON.parse((await well('sync', 'web', '--json')).stdout) as object
    expect(document).toMatchObject({
      cluster: 'shop',
      services: [{ id: 'service/web@dev', result: 'updated', seconds: expect.any(Number) }],
    })
    expect(live('ConfigMap', 'page')?.['data']).toEqual({ text: 'two' })
    expect((await well('sync')).stdout).toContain('service/web@dev is as the files say')
    const wrong = async (...args: readonly string[]) => {
      const ran = soundly(at, await at.kindup(['sync', ...args]))
      return `${ran.code} ${ran.stderr.split('\n')[0]}`
    }
    expect(await wrong('wep')).toContain('There is no service wep.')
    expect(await wrong('--env', 'def')).toContain('There is no environment def.')
    await edit('kindup.yaml', '    gitops: argocd\n', '')
    expect(await wrong('web')).toContain('web is deployed by kindup itself')
    expect(await wrong()).toContain('No service of the file is deployed by a GitOps controller.')
  })

  it('adopts an Application of the user: all of it stays but its source, which is the working tree', async () => {
    const own = 'https://example.org/shop.git'
    const automated = { prune: true, selfHeal: false }
    await at.write('.git/config', `[remote "origin"]\n url = ${own}\n`)
    await at.write(
      'argo-apps/web.yaml',
      JSON.stringify({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name: 'my-web', namespace: 'argocd', labels: { team: 'a' }, annotations: { note: 'b' } },
        spec: {
          project: 'default',
          source: { repoURL: own, path: 'web', targetRevision: 'HEAD' },
          destination: { name: 'in-cluster', namespace: 'dev' },
          syncPolicy: { automated, syncOptions: ['CreateNamespace=true'] },
        },
      }),
    )
    await at.write('web/all.yaml', config('one') + deployment('web', 'example/web:1'))
    await touched()
    const { uid } = live('Deployment', 'web')?.metadata ?? {}
    await edit(
      'kindup.yaml',
      'deploy: { manifests: [./web.yaml] }\n    gitops: argocd',
      'deploy: { applications: ["./argo-apps/*.yaml"] }',
    )
    const adopted = () =>
      state().get({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'argocd', name: 'my-web' })
    await at.write(
      'project.yaml',
      JSON.stringify({
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'AppProject',
        metadata: { name: 'team' },
        spec: { sourceRepos: [own] },
      }),
    )
    await edit(
      'kindup.yaml',
      'services:',
      'services:\n  project: { deploy: { manifests: [./project.yaml] }, environments: [] }',
    )
    // It runs already, and goes on.
    expect(await touched()).toEqual(['service/project created', 'service/web@dev updated'])
    expect(
      state().get({ apiVersion: 'argoproj.io/v1alpha1', kind: 'AppProject', namespace: 'default', name: 'team' }),
    ).toMatchObject({ spec: { sourceRepos: [own, expect.stringMatching(/^oci:\/\/.*\/kindup\/shop\/\*\*$/)] } })
    expect([application(), live('Deployment', 'web')?.metadata.uid]).toEqual([undefined, uid])
    expect(adopted()).toMatchObject({
      metadata: { labels: { team: 'a' }, annotations: { note: 'b' } },
      spec: {
        project: 'default',
        source: { repoURL: expect.stringMatching(/^oci:/), path: '.' },
        destination: { namespace: 'dev' },
        syncPolicy: {
          automated,
          syncOptions: ['CreateNamespace=true', 'ServerSideApply=true', 'RespectIgnoreDifferences=true'],
        },
      },
    })
    expect(live('ConfigMap', 'page')).toMatchObject({ data: { text: 'one' } })
    expect(await touched()).toEqual([])
    await edit('web/all.yaml', 'text: one', 'text: two')
    expect((await well('sync', 'web', '--json')).json()).toMatchObject({
      services: [{ id: 'service/web@dev', result: 'updated' }],
    })
    expect(live('ConfigMap', 'page')).toMatchObject({ data: { text: 'two' } })
    await edit('argo-apps/web.yaml', '"selfHeal":false', '"selfHeal":true')
    expect(await touched()).toEqual(['service/web@dev updated'])
    await well('undeploy', 'web', '--yes')
    expect([adopted(), live('ConfigMap', 'page')]).toEqual([undefined, undefined])
  })

  it('names what Argo CD cannot apply, with its line', async () => {
    at.at('kind: Joining worker nodes', () => {
      state().behave('page', 'fails')
      return undefined
    })
    const failed = soundly(at, await at.kindup(['up', '--json']))
    const { error } = failed.json() as unknown as { error: { message: string; problems: readonly unknown[] } }
    expect(failed.code).toBe(1)
    expect(error.message).toMatch(/Argo CD cannot sync web-dev: /)
    expect(error.problems).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/^ConfigMap dev\/page: .*refused/),
        at: expect.objectContaining({ file: at.path('web.yaml'), line: 1 }),
      }),
    ])
  })

  it('names what differs from the files, and whether Argo CD changes it back', async () => {
    await touched()
    const found = application()
    if (!found) throw new Error('there is no Application')
    const resources = [{ kind: 'ConfigMap', namespace: 'dev', name: 'page', status: 'OutOfSync' }]
    state().put({ ...found, status: { ...found.status, sync: { status: 'OutOfSync' }, resources } })
    const why = async () =>
      (
        JSON.parse((await at.kindup(['status', '--json'])).stdout) as {
          steps: readonly { id: string; why: string | null }[]
        }
      ).steps.find(({ id }) => id === 'service/web@dev')?.why
    expect(await why()).toBe(
      'ConfigMap dev/page differs from the source, and Argo CD changes that back by itself (self-heal)',
    )
    state().remove({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'argocd', name: 'web-dev' })
    expect(await touched()).toEqual(['service/web@dev updated'])
    // One of that name which somebody else made is not written over: what it has applied would be deleted.
    const made = application()
    if (!made) throw new Error('there is no Application')
    const { labels: _labels, ...metadata } = made.metadata
    state().put({ ...made, metadata })
    await edit('web.yaml', 'example/web:', 'example/web:foreign-')
    const refused = JSON.parse((await at.kindup(['up', '--json', '--quiet'])).stdout) as { error: { message: string } }
    expect(refused.error.message).toContain('Application argocd/web-dev is there already, and kindup did not make it.')
    expect(application()).toMatchObject({ spec: made.spec })
  })

  it('has a sync of an earlier state ended, which waits for ever', async () => {
    await touched()
    const found = application()
    if (!found) throw new Error('there is no Application')
    const operationState = {
      phase: 'Running',
      message: 'waiting for completion of hook batch/Job/slow',
      startedAt: '2026-11-27T10:16:50Z',
      operation: { info: [{ name: 'kindup.dev/request', value: 'earlier' }], sync: { revision: 'sha256:earlier' } },
    }
    state().put({ ...found, operation: operationState.operation, status: { ...found.status, operationState } })
    await edit('web.yaml', 'example/web:1', 'example/web:2')
    expect(await touched()).toEqual(['service/web@dev updated'])
    expect(live('Deployment', 'web')).toMatchObject({
      spec: { template: { spec: { containers: [{ image: 'example/web:2' }] } } },
    })
  })
})
