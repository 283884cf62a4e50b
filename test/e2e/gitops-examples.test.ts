import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { describeExample, touched, type There, type UpDocument } from '../support/example.ts'

/** Every file that a registry holds, with its size and when it was written. */
const heldBy = (port: number): readonly string[] => {
  const find = ['find', '/var/lib/registry', '-type', 'f', '-exec', 'stat', '-c', '%n %s %Y', '{}', '+']
  const { stdout } = spawnSync('docker', ['exec', `kindup-registry-${port}`, ...find], { encoding: 'utf8' })
  return stdout.trim().split('\n').toSorted()
}

type Kept = {
  readonly tool: 'argocd' | 'flux'
  /** Of the local registry. */
  readonly registry: number
  readonly service: string
  readonly namespace: string
  readonly environment: string
  /** A values file, the line after which another variable of its pods may stand, and that. */
  readonly file: string
  readonly after: string
  readonly line: (value: string) => string
  readonly flags: readonly string[]
}

/** What must hold of an example that a GitOps controller deploys. */
const keptBy = (there: There, kept: Kept): void => {
  const { service, namespace, environment, file, after, line, registry } = kept
  const id = `service/${service}@${environment}`
  let last = 'none'
  const save = async (value: string): Promise<void> => {
    await there.edit(
      file,
      last === 'none' ? after : line(last),
      last === 'none' ? `${after}${line(value)}` : line(value),
    )
    last = value
  }
  const saved = (): string =>
    there.cluster.kubectl(
      '--namespace',
      namespace,
      'get',
      'deployment',
      service,
      '--output',
      'jsonpath={.spec.template.spec.containers[0].env[?(@.name=="SAVED")].value}',
    )
  /** The digest that its controller was told to deploy. */
  const told = (): string =>
    kept.tool === 'argocd'
      ? there.cluster.kubectl(
          '--namespace',
          'argocd',
          'get',
          'application',
          `${service}-${environment}`,
          '--output',
          'jsonpath={.spec.source.targetRevision}',
        )
      : there.cluster.kubectl(
          '--namespace',
          'flux-system',
          'get',
          'ocirepository',
          `${service}-${environment}`,
          '--output',
          'jsonpath={.spec.ref.digest}',
        )
  const well = (report: UpDocument): readonly string[] => {
    expect(report).not.toHaveProperty('error')
    expect(report.smoke.filter(({ ok }) => !ok)).toEqual([])
    return touched(report)
  }

  it('pushes nothing where nothing changed', async () => {
    const before = heldBy(registry)
    expect(before.join('\n')).toContain('/repositories/kindup/')
    expect(well(await there.json(['up']))).toEqual([])
    expect(heldBy(registry)).toEqual(before)
  })

  it('has one changed value synced and answers', async () => {
    await save('once')
    const synced = await there.json<{
      error?: unknown
      services: readonly object[]
      smoke: UpDocument['smoke']
      seconds: number
    }>(['sync', service])
    expect(synced).not.toHaveProperty('error')
    expect(synced.services).toContainEqual(expect.objectContaining({ id, result: 'updated' }))
    expect(synced.smoke.filter(({ ok }) => ok).length).toBeGreaterThan(0)
    expect(saved()).toBe('once')
    console.info(`${service} by ${kept.tool}, one changed value: ${synced.seconds.toFixed(1)} s`)
  })

  it('is synced on each of ten saves', async () => {
    const watch = there.cluster.start(['sync', service, '--watch', ...kept.flags])
    await watch.shown('Each save is carried out from now on.')
    const seconds: number[] = []
    for (let nth = 1; nth <= 10; nth++) {
      const began = performance.now()
      await save(`save-${nth}`)
      await watch.printed(`→ ${id}`, nth)
      seconds.push((performance.now() - began) / 1000)
      expect(saved()).toBe(`save-${nth}`)
    }
    watch.kill('SIGINT')
    expect((await watch.ended).code).toBe(0)
    console.info(`${service} by ${kept.tool}, ten saves: ${seconds.map((one) => one.toFixed(1)).join(', ')} s`)
  })

  it.each([
    ['sync', [service]],
    ['up', []],
  ])('is finished by the next run where `%s` was killed in the middle', async (command, more) => {
    const before = told()
    await save(`killed-${command}`)
    const running = there.cluster.start([command, ...more, ...kept.flags])
    await expect.poll(told, { timeout: 120_000, interval: 50 }).not.toBe(before)
    running.kill('SIGKILL')
    await running.ended
    well(await there.json(['up']))
    expect(saved()).toBe(`killed-${command}`)
    expect(well(await there.json(['up']))).toEqual([])
  })

  it('is taken away by the next `undeploy` where one was killed, and comes back', async () => {
    const kinds = kept.tool === 'argocd' ? 'applications.argoproj.io' : 'kustomizations.kustomize.toolkit.fluxcd.io'
    const left = (): string =>
      there.cluster.kubectl(
        'get',
        kinds,
        '--all-namespaces',
        '--output',
        'jsonpath={range .items[*]}{.metadata.name} {.metadata.deletionTimestamp}{"\\n"}{end}',
      )
    const running = there.cluster.start(['undeploy', service])
    await expect
      .poll(left, { timeout: 120_000, interval: 50 })
      .not.toMatch(new RegExp(`^${service}-${environment} $`, 'm'))
    running.kill('SIGKILL')
    await running.ended
    expect(await there.json(['undeploy', service])).not.toHaveProperty('error')
    expect(left()).not.toContain(`${service}-${environment} `)
    expect(there.cluster.kubectl('--namespace', namespace, 'get', 'deployments', '--output', 'name')).not.toContain(
      `/${service}`,
    )
    expect(there.cluster.kubectl('get', 'namespaces', '--output', 'jsonpath={.items[*].status.phase}')).not.toContain(
      'Terminating',
    )
    expect(well(await there.json(['up']))).toContain(id)
  })
}

const offerfit = [
  '--profile',
  'gitops',
  ...[
    'cluster.nodes[2].ports=["0:80","0:443"]',
    'cluster.registry.port=5058',
    'cluster.registry.keep=false',
    'services.service-a.image.name=localhost:5058/offerfit/service-a',
    'services.service-b.image.name=localhost:5058/offerfit/service-b',
  ].flatMap((set) => ['--set', set]),
]

describeExample({
  name: 'offerfit',
  by: 'argocd',
  beside: ['manifests/demo'],
  charts: ['ingress-nginx', 'metrics-server', 'argo-cd'],
  images: ['quay.io/argoproj/argocd:v3.4.4'],
  flags: offerfit,
  creates: ['registry', 'addon/argocd', 'gitops/argocd', 'service/service-a@production', 'hosts'],
  smoke: 5,
  also: (there) =>
    keptBy(there, {
      tool: 'argocd',
      registry: 5058,
      service: 'service-a',
      environment: 'production',
      namespace: 'production',
      file: '../../manifests/demo/values/service-a/production.yaml',
      after: 'replicas: 2',
      line: (value) => `\nenv: { SAVED: "${value}" }`,
      flags: offerfit,
    }),
  change: {
    file: '../../manifests/demo/service-a/version.txt',
    from: '1.0.0',
    to: '1.1.0',
    touches: ['image/service-a', 'service/service-a@production'],
  },
})

const timetables = [
  '--profile',
  'flux',
  '--set',
  'cluster.onPortConflict=fallback',
  '--set',
  'cluster.registry.port=5059',
]

describeExample({
  name: 'timetables',
  by: 'flux',
  charts: ['ingress-nginx', 'flux2'],
  images: ['postgres:17-alpine', 'ghcr.io/fluxcd/kustomize-controller:v1.8.3'],
  flags: timetables,
  creates: ['registry', 'addon/flux', 'service/api@dev', 'service/database@e2e', 'hosts'],
  smoke: 9,
  also: (there) =>
    keptBy(there, {
      tool: 'flux',
      registry: 5059,
      service: 'api',
      environment: 'dev',
      namespace: 'timetables-dev',
      file: 'values/dev.yaml',
      after: '  STAGE: dev',
      line: (value) => `\n  SAVED: "${value}"`,
      flags: timetables,
    }),
  change: {
    file: 'api/main.py',
    from: 'the api knows nothing of',
    to: 'this api knows nothing of',
    touches: ['image/api', 'service/api@dev', 'service/api@e2e'],
  },
})
