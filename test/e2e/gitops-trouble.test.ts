import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { touched, type UpDocument } from '../support/example.ts'
import { realCluster, root, whyNoCluster, type RealCluster } from '../support/real-cluster.ts'
import { replaceIn } from '../support/replace-in.ts'

const why = whyNoCluster(
  ['argo-cd', 'flux2'],
  [
    'registry:3',
    'python:3.13-alpine',
    'quay.io/argoproj/argocd:v3.4.4',
    'ghcr.io/fluxcd/source-controller:v1.8.2',
    'ghcr.io/fluxcd/kustomize-controller:v1.8.3',
  ],
)

type Problem = { readonly message: string; readonly at?: { readonly file: string; readonly line: number } }
type Failed = {
  readonly error: { readonly code: string; readonly message: string; readonly problems: readonly Problem[] }
}
type Synced = {
  readonly error?: unknown
  readonly services: readonly { readonly id: string; readonly result: string }[]
}

const ports = { argo: 30_787, flux: 30_788 } as const
type Service = keyof typeof ports
const both: readonly Service[] = ['argo', 'flux']

/** What goes wrong with the real Argo CD and the real Flux, each with one service, each test going on from the one before. */
describe.skipIf(why !== undefined)('GitOps in trouble', () => {
  const seconds: string[] = []
  let cluster: RealCluster
  let folder = ''
  let text = 'one'
  const file = (name: string): string => join(folder, name)
  const timed = async <T>(what: string, run: () => Promise<T>): Promise<T> => {
    const began = performance.now()
    const answer = await run()
    seconds.push(`${what} ${((performance.now() - began) / 1_000).toFixed(1)}`)
    return answer
  }
  const up = async (what: string): Promise<UpDocument> => {
    const report = await timed(what, () => cluster.json<UpDocument>(['up']))
    expect(report).not.toHaveProperty('error')
    return report
  }
  const sync = async (what: string, ...services: readonly Service[]): Promise<Synced> => {
    const synced = await timed(what, () => cluster.json<Synced>(['sync', ...services]))
    expect(synced).not.toHaveProperty('error')
    return synced
  }
  const failed = async (what: string, ...args: readonly string[]): Promise<Failed['error']> => {
    const { error } = await timed(what, () => cluster.json<Failed>(args))
    expect(error).toBeDefined()
    return error
  }
  const save = async (next: string, ...services: readonly Service[]): Promise<void> => {
    for (const service of services)
      await replaceIn(
        file(`${service}.yaml`),
        /index\.html: .*/.exec(await readFile(file(`${service}.yaml`), 'utf8'))?.[0] ?? '',
        `index.html: ${next}`,
      )
    text = next
  }
  /** By the port of this machine, on a connection of its own: pods are chosen by connection. */
  const served = async (service: Service): Promise<string> => {
    const answer = await fetch(`http://127.0.0.1:${ports[service]}/index.html`, { headers: { connection: 'close' } })
    return (await answer.text()).trim()
  }
  const servedBoth = (): Promise<readonly string[]> => Promise.all(both.map(served))
  const kubectlIn =
    (namespace: string) =>
    (...args: readonly string[]): string =>
      cluster.kubectl('--namespace', namespace, ...args)
  const inDev = kubectlIn('dev')
  const argocd = kubectlIn('argocd')
  const flux = kubectlIn('flux-system')
  const docker = (...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync('docker', args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    return stdout.trim()
  }
  /** The file of the environment with more in it, for as long as `use` takes. */
  const withFiles = async (more: Partial<Record<Service, string>>, use: () => Promise<void>): Promise<void> => {
    const before = await readFile(file('kindup.yaml'), 'utf8')
    const written = both.reduce((all, one) => all.replace(`./${one}.yaml`, `./${one}.yaml${more[one] ?? ''}`), before)
    await writeFile(file('kindup.yaml'), written)
    try {
      await use()
    } finally {
      await writeFile(file('kindup.yaml'), before)
    }
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kindup-gitops-trouble-'))
    await cp(join(root, 'test', 'fixtures', 'gitops-trouble'), folder, { recursive: true })
    cluster = await realCluster('kindup-e2e-gitops-trouble', file('kindup.yaml'))
  })
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
    console.info(`gitops in trouble, seconds: ${seconds.join(', ')}`)
  })

  it('comes up, and answers', async () => {
    await up('up')
    expect(await servedBoth()).toEqual(['one', 'one'])
    expect(touched(await up('again'))).toEqual([])
  })

  it.each(both)('answers each of ten saves with the new text once its line is printed: %s', async (service) => {
    const watch = cluster.start(['sync', service, '--watch'])
    await watch.shown('Each save is carried out from now on.')
    for (let nth = 1; nth <= 10; nth++) {
      await timed(`save ${nth} by ${service}`, async () => {
        await save(`save-${nth}`, service)
        await watch.printed(`→ service/${service}@dev`, nth)
      })
      // Some of them would be answered by a pod of before.
      const answers = await Promise.all(Array.from({ length: 20 }, () => served(service)))
      expect(new Set(answers)).toEqual(new Set([`save-${nth}`]))
    }
    watch.kill('SIGINT')
    expect((await watch.ended).code).toBe(0)
  })

  it.each(['argo', 'flux'] as const)(
    'is finished by the next sync where one was killed in the middle: %s',
    async (service) => {
      const told = (): string =>
        service === 'argo'
          ? argocd('get', 'application', 'argo-dev', '--output', 'jsonpath={.spec.source.targetRevision}')
          : flux('get', 'ocirepository', 'flux-dev', '--output', 'jsonpath={.spec.ref.digest}')
      const before = told()
      await save(`killed-${service}`, service)
      const running = cluster.start(['sync', service])
      await expect.poll(told, { timeout: 120_000, interval: 50 }).not.toBe(before)
      running.kill('SIGKILL')
      await running.ended
      await sync(`sync after a killed one of ${service}`, service)
      expect(await served(service)).toBe(`killed-${service}`)
      expect(touched(await up(`up after it`))).toEqual([])
    },
  )

  it('names the hook that never ends, and the next up ends it and goes on', async () => {
    await withFiles({ argo: ', ./hook.yaml' }, async () => {
      const error = await failed('a hook that never ends', 'sync', 'argo', '--timeout', '30s')
      expect(error.code).toBe('timed-out')
      expect(error.message).toContain('never-ends')
    })
    await save('after-hook', 'argo')
    expect(touched(await up('up after a hook that never ends'))).toEqual(['service/argo@dev'])
    expect(await served('argo')).toBe('after-hook')
    expect(inDev('get', 'jobs', '--output', 'name')).toBe('')
  })

  it('makes again what was deleted by hand of the controllers’ own objects, and starts a registry that was stopped', async () => {
    argocd('delete', 'application', 'argo-dev', '--cascade=orphan')
    flux('delete', 'ocirepository', 'flux-dev')
    docker('stop', '--time', '1', 'kindup-registry-5087')
    await save('made-again', ...both)
    const { services } = await sync('sync without Application, OCIRepository and registry')
    expect(services.map(({ id, result }) => `${id} ${result}`).toSorted()).toEqual([
      'service/argo@dev updated',
      'service/flux@dev updated',
    ])
    expect(await servedBoth()).toEqual(['made-again', 'made-again'])
    expect(docker('inspect', '--format', '{{.State.Running}}', 'kindup-registry-5087')).toBe('true')
    expect(touched(await up('up after it'))).toEqual([])
  })

  it('refuses, with the places, what two services own, and a chart that cannot be rendered', async () => {
    await withFiles({ argo: ', ./one.yaml', flux: ', ./other.yaml' }, async () => {
      const chart = '  chart: { deploy: { helm: { chart: ./chart } }, gitops: argocd }\n'
      await replaceIn(file('kindup.yaml'), 'services:\n', `services:\n${chart}`)
      const { code, problems } = await failed('what is refused before anything is handed over', 'sync')
      expect(code).toBe('config')
      const said = problems.map(({ message, at }) => `${at?.file}:${at?.line} ${message}`)
      expect(said).toEqual(
        expect.arrayContaining([
          `${file('other.yaml')}:1 ConfigMap dev/of-both is written by service/flux@dev and by service/argo@dev (${file('one.yaml')}:1).`,
          `${file('chart/templates/a.yaml')}:5 The chart refuses its values: say a size`,
        ]),
      )
    })
    expect([...(await servedBoth()), touched(await up('up after what was refused'))]).toEqual([text, text, []])
  })

  it('says at once that a sync window is closed', async () => {
    const windows = (all: object): string =>
      argocd(
        'patch',
        'appproject',
        'kindup',
        '--type=merge',
        `--patch=${JSON.stringify({ spec: { syncWindows: all } })}`,
      )
    windows([{ kind: 'deny', schedule: '* * * * *', duration: '1h', applications: ['*'] }])
    await save('window', 'argo')
    const { code, message } = await failed('a sync window that is closed', 'sync', 'argo')
    expect([code, message]).toEqual(['sync-failed', expect.stringContaining('sync window')])
    windows([])
    await sync('sync once it is open', 'argo')
    expect(await served('argo')).toBe('window')
  })

  it('puts a controller back that somebody broke by hand', async () => {
    const broken = [{ op: 'add', path: '/spec/template/spec/containers/0/args/-', value: '--no-such-flag' }]
    flux('patch', 'deployment', 'kustomize-controller', '--type=json', `--patch=${JSON.stringify(broken)}`)
    const restarts = (): string =>
      flux(
        'get',
        'pods',
        '--selector=app=kustomize-controller',
        '--output',
        'jsonpath={.items[*].status.containerStatuses[*].restartCount}',
      )
    await expect.poll(restarts, { timeout: 120_000 }).toMatch(/[1-9]/)
    await save('put-back', 'flux')
    await sync('sync while the kustomize controller crashes', 'flux')
    expect(await served('flux')).toBe('put-back')
  })

  it('is taken away though a finalizer hangs and Flux does not run, with no namespace left', async () => {
    const held = '{"metadata":{"finalizers":["example.org/hangs"]}}'
    inDev('patch', 'configmap', 'argo-page', '--type=merge', `--patch=${held}`)
    expect(await timed('undeploy argo', () => cluster.json(['undeploy', 'argo']))).toMatchObject({
      warnings: expect.arrayContaining([expect.stringContaining('example.org/hangs')]),
    })
    flux('scale', 'deployment', 'kustomize-controller', '--replicas=0')
    expect(await timed('undeploy flux', () => cluster.json(['undeploy', 'flux']))).toMatchObject({
      warnings: expect.arrayContaining([expect.stringContaining('Kustomization flux-system/flux-dev hung on')]),
    })
    const namespaces = ['get', 'namespaces', '--output', 'jsonpath={.items[*].metadata.name} {.items[*].status.phase}']
    expect(cluster.kubectl(...namespaces)).not.toMatch(/\bdev\b|Terminating/)
    expect(await timed('down', () => cluster.json(['down']))).not.toHaveProperty('error')
    expect(cluster.left()).toEqual([])
  })
})
