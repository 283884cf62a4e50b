import { spawnSync } from 'node:child_process'
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from '../../core/paths.ts'
import { nodeImageOf, type EngineHere } from './engines-here.ts'
import { sandbox, type Ended, type RunningProcess, type Sandbox } from './sandbox.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Where CI promises everything, nothing is skipped: what is missing fails. */
const isRequired = process.env['KINDUP_E2E'] === 'required'

const docker = (...args: readonly string[]): string | undefined => {
  const { status, stdout } = spawnSync('docker', args, { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

/**
 * Why no cluster can be made here, said loudly; undefined when one can. `charts` are names of archives in the cache,
 * `images` references that the engine holds.
 */
export const whyNoCluster = (charts: readonly string[], images: readonly string[] = []): string | undefined => {
  if (isRequired) return undefined
  const why =
    docker('info') === undefined
      ? 'no docker engine answers'
      : localNodeImage() === undefined
        ? 'the engine holds no node image (kindest/node)'
        : [
            ...charts
              .filter(
                (chart) => globSync(join(cacheFolder(process.env), 'charts', '**', `${chart}-*.tgz`)).length === 0,
              )
              .map((chart) => `the chart ${chart} is not in the cache`),
            ...images
              .filter((image) => docker('image', 'inspect', image) === undefined)
              .map((image) => `the engine does not hold ${image}`),
          ][0]
  if (why !== undefined)
    console.warn(`SKIPPED: ${why}; the tests on a real cluster do not run. KINDUP_E2E=required makes that a failure.`)
  return why
}

export const localNodeImage = (): string | undefined =>
  docker('images', '--filter', 'reference=kindest/node', '--format', '{{.Repository}}:{{.Tag}}')
    ?.split('\n')
    .find((ref) => ref !== '' && !ref.endsWith('<none>'))

/** What takes something away or brings it back asks the cluster's record, not the file: there is nothing to set. */
export const takesSet = (command: string | undefined): boolean =>
  !['down', 'undeploy', 'rollback'].includes(command ?? '')

export type RealCluster = AsyncDisposable & {
  readonly home: Sandbox
  readonly kindup: (args: readonly string[]) => Promise<Ended>
  readonly start: (args: readonly string[], env?: Readonly<Record<string, string>>) => RunningProcess
  readonly json: <T>(args: readonly string[]) => Promise<T>
  /** Everything that the engine holds of this cluster. */
  readonly left: () => readonly string[]
  readonly kubectl: (...args: readonly string[]) => string
}

export const hostsBefore = '127.0.0.1 localhost\n# kept as it is\n10.0.0.7\tbuild.example\n'
export const kubeconfigBefore =
  'apiVersion: v1\nkind: Config\n# mine\nclusters:\n- cluster: {server: "https://10.0.0.1:6443"}\n  name: work\ncontexts:\n- context: {cluster: work, user: me}\n  name: work\nusers:\n- name: me\n  user: {token: abc}\ncurrent-context: work\n'

/** One cluster of that name, in the engine that is given or in Docker, with hosts file and kubeconfig of its own; taken away at the end whatever happened. */
export const realCluster = async (name: string, config: string, engine?: EngineHere): Promise<RealCluster> => {
  const own = { HOME: process.env['HOME'] ?? '', KINDUP_CACHE: cacheFolder(process.env) }
  const home = await sandbox({ env: { ...own, ...engine?.env } })
  const ask = engine?.run ?? docker
  await home.write('hosts', hostsBefore)
  await home.write('home/.kube/config', kubeconfigBefore)
  const image = engine === undefined ? localNodeImage() : nodeImageOf(engine)
  const sets = [
    '--set',
    `hosts.file=${home.path('hosts')}`,
    ...(image === undefined ? [] : ['--set', `cluster.kubernetes=${image}`]),
    ...(engine === undefined ? [] : ['--set', `cluster.engine=${engine.name}`]),
  ]
  const whole = (args: readonly string[]): readonly string[] => [
    ...args,
    ...(args.includes('--config') ? [] : ['--config', config]),
    '--name',
    name,
    ...(takesSet(args[0]) ? sets : []),
  ]
  const started: ReturnType<RealCluster['start']>[] = []
  return {
    home,
    kindup: async (args) => {
      const ended = await home.kindup(whole(args))
      // The test may say no more than that it was not 0.
      if (ended.code !== 0) console.warn(`kindup ${args.join(' ')} ended with ${ended.code}:\n${ended.stderr}`)
      return ended
    },
    start: (args, env) => {
      const run = home.start(whole(args), env)
      started.push(run)
      return run
    },
    json: async <T>(args: readonly string[]): Promise<T> => {
      const { stdout, stderr } = await home.kindup(whole([...args, '--json']))
      if (stdout === '') throw new Error(`kindup ${args.join(' ')} printed no document: ${stderr}`)
      return JSON.parse(stdout) as T
    },
    left: () =>
      [
        ask('ps', '--all', '--filter', `label=io.x-k8s.kind.cluster=${name}`, '--format', '{{.Names}}'),
        ask('volume', 'ls', '--filter', `label=dev.kindup.cluster=${name}`, '--format', '{{.Name}}'),
        existsSync(join(cacheFolder(process.env), 'clusters', name)) ? 'private files' : '',
      ]
        .flatMap((text) => text?.split('\n') ?? [])
        .filter((line) => line !== ''),
    kubectl: (...args) => {
      const { status, stdout, stderr } = spawnSync(
        'kubectl',
        ['--kubeconfig', home.path('home', '.kube', 'config'), '--context', `kind-${name}`, ...args],
        { encoding: 'utf8' },
      )
      if (status !== 0) throw new Error(stderr)
      return stdout.trim()
    },
    [Symbol.asyncDispose]: async () => {
      // One that goes on holds the cluster, and the next test would be told so.
      for (const run of started) run.kill('SIGKILL')
      await Promise.allSettled(started.map((run) => run.ended))
      await home.kindup(['down', '--name', name, '--yes'])
      await home[Symbol.asyncDispose]()
    },
  }
}
