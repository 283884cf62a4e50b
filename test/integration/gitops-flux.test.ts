import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { realTool } from '../support/real-tools.ts'
import { argo, argoChart } from '../support/stand-ins/argo.ts'
import { flux, fluxChart } from '../support/stand-ins/flux.ts'
import { machine, type Machine } from '../support/stand-ins/machine.ts'
import { changesOf, deployment, endedWell, soundly } from './shop.ts'
import { ownPort } from '../support/own-port.ts'
import { replaceIn } from '../support/replace-in.ts'

const file = (port: number): string => `name: shop
cluster: { registry: { port: ${port} } }
addons: { argocd: { chart: ./argo }, flux: { chart: ./flux } }
hosts: { mode: none }
environments: { dev: {} }
services:
  web:
    deploy: { manifests: [./web.yaml] }
    gitops: flux
`

const config = (text: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: page }\ndata: { text: ${text} }\n---\n`

const helm = realTool('helm4')

describe.skipIf(helm === undefined)('a service that Flux deploys', () => {
  let at: Machine

  beforeEach(async () => {
    at = await machine({
      tools: { helm: helm ?? '' },
      api: { controllers: [argo(() => at.world), flux(() => at.world)] },
    })
    at.world.images.set('registry:3', { id: 'sha256:1', labels: {} })
    const port = await ownPort()
    await Promise.all([
      at.write('kindup.yaml', file(port)),
      at.write('web.yaml', config('one') + deployment('web', 'example/web:1')),
      ...Object.entries(argoChart).map(([path, text]) => at.write(`argo/${path}`, text)),
      ...Object.entries(fluxChart).map(([path, text]) => at.write(`flux/${path}`, text)),
    ])
  })
  afterEach(() => at[Symbol.asyncDispose]())

  const well = async (...args: readonly string[]) => endedWell(soundly(at, await at.kindup(args)))
  const touched = async () => changesOf(await well('up', '--json'))
  const edit = (name: string, from: string, to: string) => replaceIn(at.path(name), from, to)
  const state = () => at.api('shop').state
  const kustomization = () =>
    state().get({
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      namespace: 'flux-system',
      name: 'web-dev',
    })
  const live = (kind: string, name: string) =>
    state().get({ apiVersion: kind === 'Deployment' ? 'apps/v1' : 'v1', kind, namespace: 'dev', name })
  const managers = () =>
    live('ConfigMap', 'page')
      ?.metadata.managedFields?.filter(({ manager }) => /kindup|helm|argocd|kustomize/.test(manager))
      .map(({ manager }) => manager)

  it('is handed from Argo CD to Flux and from there to kindup while it runs', async () => {
    await edit('kindup.yaml', 'gitops: flux', 'gitops: argocd')
    await touched()
    const uid = live('Deployment', 'web')?.metadata.uid
    await edit('kindup.yaml', 'gitops: argocd', 'gitops: flux')
    await edit('web.yaml', 'text: one', 'other: two')
    expect(await touched()).toEqual(['gitops/argocd removed', 'service/web@dev updated'])
    // What Argo CD had set and the files no longer have is gone.
    expect([managers(), live('ConfigMap', 'page')?.['data']]).toEqual([['kustomize-controller'], { other: 'two' }])

    await edit('kindup.yaml', '    gitops: flux\n', '')
    await edit('kindup.yaml', ', flux: { chart: ./flux }', '')
    expect(await touched()).toEqual(expect.arrayContaining(['addon/flux removed', 'service/web@dev updated']))
    expect(managers()).toEqual(['kindup'])
    expect(live('ConfigMap', 'page')?.metadata.labels).not.toHaveProperty('kustomize.toolkit.fluxcd.io/name')
    expect(live('Deployment', 'web')?.metadata.uid).toBe(uid)
  })

  it('says what differs and what cannot be applied, and is taken away although Flux does not run any more', async () => {
    await touched()
    const page = live('ConfigMap', 'page')
    if (!page) throw new Error('there is no page')
    state().put({ ...page, data: { text: 'by hand' } })
    const document = JSON.parse((await at.kindup(['status', '--json'])).stdout) as {
      steps: readonly { id: string; why: string | null }[]
    }
    expect(document.steps.find(({ id }) => id === 'service/web@dev')?.why).toBe(
      'ConfigMap dev/page differs from the source, and Flux changes that back by itself (every 1m)',
    )

    state().behave('page', 'fails')
    const failed = soundly(at, await at.kindup(['up', '--json'])).json() as unknown as { error: object }
    expect(failed.error).toMatchObject({
      message: expect.stringContaining('Flux cannot sync web-dev (ConfigMap dev/page): it is refused here.'),
      problems: [{ message: 'ConfigMap dev/page: it is refused here.', at: { file: at.path('web.yaml'), line: 1 } }],
    })

    state().behave('web-dev', 'crashes')
    const gone = JSON.parse((await well('undeploy', 'web', '--json', '--yes')).stdout) as { warnings: unknown }
    expect(gone.warnings).toEqual([
      expect.stringContaining('Kustomization flux-system/web-dev hung on finalizers.fluxcd.io'),
      expect.stringContaining('OCIRepository flux-system/web-dev hung on finalizers.fluxcd.io'),
    ])
    expect([kustomization(), live('Deployment', 'web')]).toEqual([undefined, undefined])
  })
})
