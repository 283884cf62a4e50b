import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cp, mkdir, symlink } from 'node:fs/promises'
import { replaceIn } from '../support/replace-in.ts'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { root } from '../support/real-cluster.ts'
import { realTool } from '../support/real-tools.ts'
import { sandbox, type Sandbox } from '../support/sandbox.ts'

const examples = readdirSync(join(root, 'examples')).filter((name) =>
  existsSync(join(root, 'examples', name, 'kindup.yaml')),
)
const helm = realTool('helm4') ?? realTool('helm3')
const kubectl = realTool('kubectl')

type Plan = {
  readonly error?: { readonly problems: readonly Problem[] }
  readonly steps: readonly { readonly id: string; readonly needs: readonly string[]; readonly action: string }[]
  readonly hosts: readonly string[]
  readonly problems: readonly (Problem & { readonly severity: string })[]
}
type Place = { readonly file: string; readonly line: number }
type Problem = {
  readonly message: string
  readonly at?: Place
  readonly also?: { readonly places: readonly Place[] }
}

/** The examples and what they reach for, on a machine with helm and kubectl, and no engine. */
const machine = async (): Promise<Sandbox> => {
  const at = await sandbox({ path: '' })
  await mkdir(at.path('bin'))
  for (const [name, path] of Object.entries({ helm, kubectl }))
    if (path !== undefined) await symlink(path, at.path('bin', name))
  await cp(join(root, 'examples'), at.path('examples'), { recursive: true })
  await cp(join(root, 'manifests', 'demo'), at.path('manifests', 'demo'), { recursive: true })
  return at
}

const run = (at: Sandbox, example: string, ...args: readonly string[]) =>
  at.kindup([...args, '--set', `hosts.file=${at.path('hosts')}`], { PATH: at.path('bin') }, join('examples', example))

const planOf = async (at: Sandbox, example: string, ...flags: readonly string[]): Promise<Plan> =>
  JSON.parse((await run(at, example, 'plan', '--json', ...flags)).stdout) as Plan

const edit = (at: Sandbox, file: string, from: string, to: string): Promise<void> => replaceIn(at.path(file), from, to)

const places = (problems: readonly Problem[]): readonly string[] => [
  ...new Set(problems.map(({ at, message }) => `${at?.file.replace(/^.*\/examples\//, '')}:${at?.line} ${message}`)),
]

describe.skipIf(!helm || !kubectl)('the examples without a cluster', () => {
  it.each(examples)('%s can be planned: everything is created, nothing is wrong', async (example) => {
    await using at = await machine()
    const plan = await planOf(at, example)
    expect(plan).not.toHaveProperty('error')
    expect(plan.problems.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(plan.steps.filter(({ action }) => action !== 'create')).toEqual([])
  })

  it('streaming: three environments with names of their own, the copies of the secret after the secret', async () => {
    await using at = await machine()
    const { hosts, steps } = await planOf(at, 'streaming')
    expect(hosts).toEqual(['dev.streaming.localhost', 'prod.streaming.localhost', 'staging.streaming.localhost'])
    const needs = (id: string) => steps.find((step) => step.id === id)?.needs
    expect(needs('secret/stream-login')).toContain('secret/stream')
    expect(needs('service/app@staging')).toEqual(
      expect.arrayContaining([
        'image/producer',
        'image/consumer',
        'image/web',
        'secret/stream-login',
        'service/broker',
      ]),
    )
    await run(at, 'streaming', 'render', '--out', at.path('out'))
    const rendered = await at.read('out/service/app@staging/manifests.yaml')
    expect(rendered).toContain('name: staging-web')
    expect(rendered).toContain('image: streaming/web:2.0.1')
    expect(rendered).toContain('name: stream-login')
    expect(rendered).not.toContain('ServiceMonitor')
  })

  it('streaming: names an API that is gone and a kind that nothing serves, with file, line and what to write', async () => {
    await using at = await machine()
    await edit(at, 'examples/streaming/k8s/base/autoscaler.yaml', 'autoscaling/v2', 'autoscaling/v2beta2')
    const { code, stdout } = await run(
      at,
      'streaming',
      'plan',
      '--json',
      '--set',
      'cluster.kubernetes=1.36.2',
      '--set',
      'services.app.deploy.skip=[]',
    )
    expect(code).toBe(2)
    const { problems } = JSON.parse(stdout) as Plan
    expect(places(problems.filter(({ severity }) => severity === 'error'))).toEqual(
      expect.arrayContaining([
        'streaming/k8s/base/autoscaler.yaml:1 HorizontalPodAutoscaler dev-web is written as autoscaling/v2beta2, which Kubernetes 1.26 and later do not serve (this cluster is 1.36.2).',
        'streaming/k8s/base/monitor.yaml:2 Nothing in the plan serves ServiceMonitor of monitoring.coreos.com/v1 (dev-web).',
      ]),
    )
    expect(stdout).toContain('Write `apiVersion: autoscaling/v2`.')
  })

  it('streaming: names the key that creds.env lacks', async () => {
    await using at = await machine()
    await at.write('examples/streaming/creds.env', 'SOMETHING=else\n')
    const { code, stdout } = await run(at, 'streaming', 'plan', '--json')
    expect(code).toBe(2)
    expect(stdout).toContain('username')
    expect(stdout).not.toContain('else')
  })

  it('streaming: raises a version in version.txt and in an overlay, every other byte kept', async () => {
    await using at = await machine()
    const overlay = 'examples/streaming/k8s/overlays/staging/kustomization.yaml'
    const before = await at.read(overlay)
    const { stdout } = await at.kindup(['image', 'bump', '--file', 'examples/streaming/src/web/version.txt'])
    const version = stdout.trim()
    const image = (verb: string) => at.kindup(['image', verb, '--file', overlay, `streaming/web=${version}`])
    expect((await image('check')).code).toBe(1)
    expect((await image('set')).code).toBe(0)
    expect((await image('check')).code).toBe(0)
    expect(await at.read(overlay)).toBe(before.replace('newTag: 2.0.1', 'newTag: 2.0.2'))
  })

  it('streaming: the workflow of its CI is made of commands and flags that there are', async () => {
    await using at = await machine()
    const text = await at.read('examples/streaming/.github/workflows/environment.yaml')
    const workflow = parse(text) as { jobs: { environment: { steps: { run?: string }[] } } }
    const lines = workflow.jobs.environment.steps.flatMap(({ run: line }) => line ?? [])
    expect(lines.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      'npx kindup plan',
      'npx kindup image',
      'npx kindup up',
      'npx kindup status',
      'npx kindup down',
    ])
    for (const line of lines) {
      const words = line.split(' ').slice(2)
      const flags = words.filter((word) => word.startsWith('--'))
      const help = await at.kindup([...words.slice(0, words[0] === 'image' ? 2 : 1), '--help'])
      expect(help.stdout.split(/[\s,]+/)).toEqual(expect.arrayContaining(flags))
    }
    // The one with words that a shell fills in.
    const check = lines[1]?.replaceAll(/\$\(cat ([^)]+)\)/g, (_all, file: string) =>
      readFileSync(at.path('examples/streaming', file), 'utf8').trim(),
    )
    expect(await run(at, 'streaming', 'plan')).toMatchObject({ code: 0 })
    expect(await at.kindup(check?.split(' ').slice(2) ?? [], {}, 'examples/streaming')).toMatchObject({ code: 0 })
  })

  it('converter: replaces the registry and the public name of the chart, and writes no public name', async () => {
    await using at = await machine()
    await run(at, 'converter', 'render', '--out', at.path('out'))
    const dev = await at.read('out/service/converter@dev/manifests.yaml')
    expect(dev).toMatch(/image: converter:[0-9a-f]{12}\n/)
    expect(dev).not.toMatch(/amazonaws|example\.com|Always/)
    expect(await at.read('out/service/converter@prod/manifests.yaml')).toContain('host: convert.example.com')
    expect(await at.read('out/hosts.txt')).toBe(
      '127.0.0.1 dev.converter.localhost\n127.0.0.1 prod.converter.localhost\n',
    )
  })

  it('attendance: the base before what is built from it, the login before who uses it, a migration for the version', async () => {
    await using at = await machine()
    const { steps } = await planOf(at, 'attendance')
    const needs = (id: string) => steps.find((step) => step.id === id)?.needs
    for (const id of ['service/web', 'service/plain'])
      expect(needs(id)).toEqual(expect.arrayContaining(['image/web', 'secret/database-login', 'addon/ingress-nginx']))
    // Somebody who decides now wants to know that no fixes follow, and what does.
    expect(
      (await run(at, 'attendance', 'plan')).stderr.match(/retired by its maintainers.*\n?.*`traefik: true`/g),
    ).toHaveLength(1)
    await run(at, 'attendance', 'render', '--out', at.path('out'))
    const chart = await at.read('out/service/web/manifests.yaml')
    expect(chart).toContain('name: attendance-migrate-1-0-0')
    const runs = /image: attendance\/web:1\.0\.0\n +imagePullPolicy: Never/
    expect(chart).toMatch(runs)
    expect(await at.read('out/service/plain/manifests.yaml')).toMatch(runs)
  })

  it('attendance: an image that nobody brings, keys written twice, a namespace in the chart: each with its line, at once', async () => {
    await using at = await machine()
    await edit(
      at,
      'examples/attendance/plain/migrate.yaml',
      'image: attendance/web',
      'image: attendance/wbe:1.0.0 # nobody builds it',
    )
    await edit(
      at,
      'examples/attendance/plain/web.yaml',
      '  selector: { app: attendance }\n',
      '  selector: { app: attendance }\n  selector: { app: atendance }\n',
    )
    await edit(
      at,
      'examples/attendance/chart/templates/service.yaml',
      'name: {{ .Release.Name }}\n',
      'name: {{ .Release.Name }}\n  namespace: production\n',
    )
    const { code, stdout } = await run(at, 'attendance', 'plan', '--json')
    expect(code).toBe(2)
    const { problems } = JSON.parse(stdout) as Plan
    const said = (severity: string) => places(problems.filter((problem) => problem.severity === severity))
    expect(said('error')).toEqual([
      expect.stringMatching(
        /^attendance\/plain\/web\.yaml:36 The key `selector` is written twice with different values/,
      ),
    ])
    expect(said('warning')).toEqual(
      expect.arrayContaining([
        // No engine could be asked whether it holds the image: `up` asks.
        expect.stringMatching(
          /^attendance\/plain\/migrate\.yaml:2 Container migrate of Job migrate runs attendance\/wbe:1\.0\.0 with imagePullPolicy Never/,
        ),
        expect.stringMatching(
          /^attendance\/chart\/templates\/service\.yaml:1 Service production\/attendance says its namespace itself/,
        ),
      ]),
    )
  })

  it('timetables: the kinds before their objects, and a kind that nobody defines', async () => {
    await using at = await machine()
    const { steps } = await planOf(at, 'timetables')
    const needs = (id: string) => steps.find((step) => step.id === id)?.needs
    expect(needs('service/definition@e2e')).toContain('crds')
    expect(needs('service/api@dev')).toEqual(expect.arrayContaining(['service/definition@dev', 'secret/database']))
    const { problems } = await planOf(at, 'timetables', '--set', 'crds=[]')
    const errors = problems.filter(({ severity }) => severity === 'error')
    expect(places(errors)).toEqual([
      'timetables/definition/base/lines.yaml:10 Nothing in the plan serves Line of timetables.example.org/v1 (airport).',
    ])
    const others = errors.flatMap(({ also }) => also?.places ?? [])
    expect(new Set(others.map(({ file, line }) => `${file.replace(/^.*\/examples\//, '')}:${line}`))).toEqual(
      new Set(['timetables/definition/base/lines.yaml:2', 'timetables/definition/dev/night.yaml:2']),
    )
  })

  it('timetables: runs what the variable or the flag names, and otherwise what is built here', async () => {
    await using at = await machine()
    const image = async (env: Record<string, string>, ...flags: readonly string[]): Promise<string | undefined> => {
      const args = ['render', '--out', at.path('out'), ...flags]
      const { code, stderr } = await at.kindup(args, { PATH: at.path('bin'), ...env }, 'examples/timetables')
      if (code !== 0) throw new Error(stderr)
      return /image: (.+)/.exec(await at.read('out/service/ui@e2e/manifests.yaml'))?.[1]
    }
    expect(await image({})).toMatch(/^timetables\/ui:[0-9a-f]{12}$/)
    expect(await image({ UI_DOCKER_IMAGE: '' })).toMatch(/^timetables\/ui:[0-9a-f]{12}$/)
    expect(await image({ UI_DOCKER_IMAGE: 'reg.example/ui:main' })).toBe('reg.example/ui:main')
    expect(await image({ UI_DOCKER_IMAGE: 'reg.example/ui:main' }, '--image', 'ui=reg.example/ui:7')).toBe(
      'reg.example/ui:7',
    )
  })
})
