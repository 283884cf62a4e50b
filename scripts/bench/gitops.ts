import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { makeRun } from '../../core/run.ts'
import type { Bench } from './common.ts'
import { freePorts } from './free-ports.ts'
import {
  environmentFile,
  followingObjects,
  gitServer,
  manifestsOf,
  nodePorts,
  servers,
  type Way,
} from './gitops-example.ts'
import { served as servedAt } from './served.ts'

export type GitopsBench = Bench & {
  /** Has git and Python; the cluster has to be able to get it. */
  readonly image: string
}

const hour = { timeoutMs: 60 * 60_000 }

/**
 * From a save until the new value is served: applied directly, by each controller through kindup, and by commit, push and a
 * refresh of each controller that follows a git server in the cluster. One cluster, the ways in turns.
 */
export const gitopsBench = async (bench: GitopsBench): Promise<void> => {
  const { name, signal, keep } = bench
  const run = makeRun({ signal })
  const folder = await mkdtemp(join(tmpdir(), 'kindup-bench-'))
  const clone = join(folder, 'clone')
  const kubeconfig = join(folder, 'kubeconfig')
  const hostPorts = await freePorts(servers)
  const url = (of: keyof typeof nodePorts): string => `http://127.0.0.1:${hostPorts[of]}`
  const env = { KUBECONFIG: kubeconfig }
  const sets = [...bench.sets, `hosts.file=${join(folder, 'hosts')}`].flatMap((set) => ['--set', set])
  const words = (args: readonly string[]): readonly string[] => [
    join(bench.repository, 'scripts', 'kindup.mjs'),
    ...args,
    '--name',
    name,
    ...(args[0] === 'down' ? ['--yes'] : sets),
  ]
  const kubectl = (args: readonly string[], input?: string) =>
    run('kubectl', ['--kubeconfig', kubeconfig, '--context', `kind-${name}`, ...args], {
      ...hour,
      ...(input === undefined ? {} : { input }),
    })
  const git = (...args: readonly string[]) =>
    run('git', ['-C', clone, '-c', 'user.name=bench', '-c', 'user.email=bench@example.org', ...args], hour)

  const served = (way: Way, text: string): Promise<void> => servedAt(url(way), text, signal)

  /** Saves once the watch says that it follows, and waits for its line and for the answer. */
  const byWatch = async (way: Way, args: readonly string[], text: string): Promise<void> => {
    const over = new AbortController()
    const file = `${way}.yaml`
    let began = Number.NaN
    const line = Promise.withResolvers<undefined>()
    const until = Promise.withResolvers<undefined>()
    const running = run(process.execPath, words(args), {
      cwd: folder,
      env,
      ...hour,
      signal: AbortSignal.any([signal, over.signal]),
      onLine: (shown) => {
        if (Number.isNaN(began) && shown.includes('Each save is carried out')) {
          began = performance.now()
          void writeFile(join(folder, file), manifestsOf(way, text))
          until.resolve(undefined)
        } else if (!Number.isNaN(began) && shown.includes(file) && /\d+\.\d s/.test(shown)) line.resolve(undefined)
      },
    })
    const ended = running.then(
      () => undefined,
      (error: unknown) => line.reject(error),
    )
    const since = (): number => (performance.now() - began) / 1000
    const both = [
      line.promise.then(() => keep(`${way}-said`, since())),
      until.promise.then(() => served(way, text)).then(() => keep(way, since())),
    ]
    await Promise.all(both)
    over.abort()
    await ended
  }

  const byGit = async (way: 'git-argocd' | 'git-flux', text: string): Promise<void> => {
    const began = performance.now()
    await writeFile(join(clone, way.slice(4), 'web.yaml'), manifestsOf(way, text))
    await git('commit', '--quiet', '--all', '--message', text)
    await git('push', '--quiet')
    keep(`${way}-push`, (performance.now() - began) / 1000)
    // What `argocd app get --refresh` and `flux reconcile source git` do.
    await (way === 'git-argocd'
      ? kubectl([
          '--namespace',
          'argocd',
          'annotate',
          'application',
          'git',
          'argocd.argoproj.io/refresh=normal',
          '--overwrite',
        ])
      : kubectl([
          '--namespace',
          'flux-system',
          'annotate',
          'gitrepository',
          'git',
          `reconcile.fluxcd.io/requestedAt=${text}`,
          '--overwrite',
        ]))
    await served(way, text)
    keep(way, (performance.now() - began) / 1000)
  }

  try {
    await writeFile(join(folder, 'hosts'), '127.0.0.1 localhost\n')
    await writeFile(join(folder, 'kindup.yaml'), environmentFile(name, hostPorts))
    await writeFile(join(folder, 'git.yaml'), gitServer(bench.image))
    for (const way of ['direct', 'argocd', 'flux'] as const)
      await writeFile(join(folder, `${way}.yaml`), manifestsOf(way, 'first'))
    await run(process.execPath, words(['up']), { cwd: folder, env, ...hour })
    for (const way of ['git-argocd', 'git-flux'] as const) {
      await mkdir(join(clone, way.slice(4)), { recursive: true })
      await writeFile(join(clone, way.slice(4), 'web.yaml'), manifestsOf(way, 'first'))
    }
    await git('init', '--quiet', '--initial-branch=main')
    await git('remote', 'add', 'origin', `${url('git')}/app.git`)
    await git('add', '.')
    await git('commit', '--quiet', '--message', 'first')
    await git('push', '--quiet', '--set-upstream', 'origin', 'main')
    await kubectl(['apply', '--filename', '-'], followingObjects)
    for (const way of servers) if (way !== 'git') await served(way, 'first')
    for (let round = 1; round <= bench.count; round++) {
      process.stderr.write(`round ${round} of ${bench.count}\n`)
      await byWatch('direct', ['up', '--watch', '--only', 'service/direct'], `r${round}`)
      await byWatch('argocd', ['sync', 'argocd', '--watch'], `r${round}`)
      await byGit('git-argocd', `r${round}`)
      await byWatch('flux', ['sync', 'flux', '--watch'], `r${round}`)
      await byGit('git-flux', `r${round}`)
    }
  } finally {
    const quiet = makeRun({ signal: new AbortController().signal })
    await quiet(process.execPath, words(['down']), { cwd: folder, env, ...hour }).catch(() => undefined)
    await rm(folder, { recursive: true, force: true })
  }
}
