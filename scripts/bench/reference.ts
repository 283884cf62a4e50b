import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { makeRun } from '../../core/run.ts'
import { allowCgroup, chartOf, contentOf, heldAmong } from './by-hand.ts'
import type { Bench } from './common.ts'

export type ReferenceBench = Bench & {
  /** Seconds that the disk gets before each part. */
  readonly settle: number
}

const addons = { 'ingress-nginx': 'ingress-nginx', 'metrics-server': 'metrics-server', argocd: 'argo-cd' } as const
const hour = { timeoutMs: 60 * 60_000 }
/** Tells how much memory a process had at most, when it ends. */
const tellMemory = `data:text/javascript,import{appendFileSync as a}from'node:fs';process.on('exit',()=>a(process.env.KINDUP_BENCH_MEMORY,process.resourceUsage().maxRSS*1024+'\\n'))`

const timed = async <T>(work: () => Promise<T>): Promise<{ readonly seconds: number; readonly value: T }> => {
  const began = performance.now()
  const value = await work()
  return { seconds: (performance.now() - began) / 1000, value }
}

/** The reference example, in a clone that may be changed, and what it is compared with, in turns. */
export const referenceBench = async ({
  repository,
  name,
  count,
  settle: settleSeconds,
  sets: given,
  signal,
  keep,
}: ReferenceBench): Promise<void> => {
  const run = makeRun({ signal })
  const folder = await mkdtemp(join(tmpdir(), 'kindup-bench-'))
  const clone = join(folder, 'clone')
  const memoryFile = join(folder, 'memory')
  const kubeconfig = join(folder, 'kubeconfig')
  const sets = [...given, `hosts.file=${join(folder, 'hosts')}`].flatMap((set) => ['--set', set])
  const env = { KUBECONFIG: kubeconfig, KINDUP_BENCH_MEMORY: memoryFile }
  const words = (args: readonly string[]): readonly string[] => [
    '--import',
    tellMemory,
    join(repository, 'scripts', 'kindup.mjs'),
    ...args,
    '--name',
    name,
    '--verbose',
    ...(args[0] === 'down' ? ['--yes'] : sets),
  ]
  /** One command, by its key: its time, and where wanted the memory and the programs that it took. */
  const kindup = async (key: string | undefined, args: readonly string[], more = false): Promise<void> => {
    await writeFile(memoryFile, '')
    const { seconds, value } = await timed(() => run(process.execPath, words(args), { cwd: clone, env, ...hour }))
    if (key === undefined) return
    keep(key, seconds)
    if (!more) return
    keep(`${key}-memory`, Number((await readFile(memoryFile, 'utf8')).trim().split('\n').at(-1)) / 1e6)
    keep(`${key}-processes`, value.stderr.split('\n').filter((line) => line.startsWith('  $ ')).length)
  }
  const settle = (): Promise<void> =>
    run('sync', [], hour).then(() => pause(settleSeconds * 1000, undefined, { signal }))
  /** What people do without kindup. Answers the bytes that the node image itself brings. */
  const byHand = async (): Promise<number> => {
    const document = join(folder, 'rendered', 'kind.yaml')
    await kindup(undefined, ['render', '--out', join(folder, 'rendered')])
    await allowCgroup(run, document)
    const raw = await timed(() =>
      run(
        'kind',
        ['create', 'cluster', '--name', name, '--config', document, '--wait', '5m', '--kubeconfig', kubeconfig],
        hour,
      ),
    )
    keep('raw', raw.seconds)
    const before = await contentOf(run, name)
    const took: { readonly load: number; readonly install: number }[] = []
    for (const [release_, chart] of Object.entries(addons)) {
      const archive = await chartOf(chart)
      const { stdout } = await run('helm', ['template', release_, archive])
      const images = await heldAmong(run, stdout)
      const load = await timed(() => run('kind', ['load', 'docker-image', '--name', name, ...images], hour))
      // Without single sign-on where its image is not here: helm would wait for it until its time is over.
      const isWithoutDex = release_ === 'argocd' && !images.some((ref) => ref.includes('/dex:'))
      const extra = [
        ...(release_ === 'metrics-server' ? ['--set', 'args={--kubelet-insecure-tls}'] : []),
        ...(isWithoutDex ? ['--set', 'dex.enabled=false'] : []),
      ]
      const at = ['--kubeconfig', kubeconfig, '--namespace', release_, '--create-namespace']
      const install = await timed(() =>
        run('helm', ['upgrade', '--install', release_, archive, '--wait', '--timeout', '10m', ...at, ...extra], hour),
      )
      took.push({ load: load.seconds, install: install.seconds })
    }
    const sum = (of: (one: (typeof took)[number]) => number): number => took.reduce((total, one) => total + of(one), 0)
    const slowest = took.toSorted((a, b) => b.load + b.install - (a.load + a.install))[0]
    keep(
      'load',
      sum(({ load }) => load),
    )
    keep('slowest', slowest?.install ?? 0)
    keep('slowest-load', slowest?.load ?? 0)
    keep('sequential', raw.seconds + sum(({ load, install }) => load + install))
    const deleted = await timed(() =>
      run('kind', ['delete', 'cluster', '--name', name, '--kubeconfig', kubeconfig], hour),
    )
    keep('raw-down', deleted.seconds)
    return before
  }

  const byKindup = async (before: number, round: number): Promise<void> => {
    const file = join(folder, 'state.kindup')
    const source = join(clone, 'manifests', 'demo', 'service-a', 'main.py')
    await kindup('up', ['up'], true)
    keep('up-bytes', ((await contentOf(run, name)) - before) / 1e6)
    await kindup('noop', ['up'], true)
    await appendFile(source, `\n# round ${round}\n`)
    await kindup('change', ['up'])
    keep('saved', await savedUntilServed(source, round))
    await kindup('save', ['snapshot', 'save', 'up'])
    await run('kubectl', ['--kubeconfig', kubeconfig, 'delete', 'namespace', 'developer'], hour)
    await kindup('reset', ['reset'])
    await kindup('save-file', ['snapshot', 'save', '--file', file])
    keep('file-bytes', (await stat(file)).size / 1e6)
    await kindup('pause', ['pause'])
    await kindup('resume', ['resume'])
    await kindup('down', ['down'])
    await settle()
    await kindup('from-file', ['up', '--snapshot', file])
    await kindup(undefined, ['down'])
    await rm(file)
  }

  /** As `up --watch` says itself, which waits until it is served. */
  const savedUntilServed = async (source: string, round: number): Promise<number> => {
    const over = new AbortController()
    const either = AbortSignal.any([signal, over.signal])
    let found = Number.NaN
    let isSaved = false
    const onLine = (line: string): void => {
      if (!isSaved && line.includes('Each save is carried out')) {
        isSaved = true
        void appendFile(source, `\n# saved in round ${round}\n`)
      }
      const seconds =
        isSaved && line.includes('main.py') && !line.startsWith('  $ ') ? /(\d+\.\d) s/.exec(line)?.[1] : undefined
      if (seconds === undefined) return
      found = Number(seconds)
      over.abort()
    }
    await run(process.execPath, words(['up', '--watch']), { cwd: clone, env, ...hour, onLine, signal: either }).catch(
      (error: unknown) => {
        if (!over.signal.aborted) throw error
      },
    )
    return found
  }

  try {
    await writeFile(join(folder, 'hosts'), '127.0.0.1 localhost\n')
    await run('git', ['clone', '--quiet', repository, clone], hour)
    // What is built and fetched once is not what is measured.
    await kindup(undefined, ['up'])
    await kindup(undefined, ['down'])
    for (let round = 1; round <= count; round++) {
      process.stderr.write(`round ${round} of ${count}\n`)
      await settle()
      const before = await byHand()
      await settle()
      await byKindup(before, round)
    }
  } finally {
    const quiet = makeRun({ signal: new AbortController().signal })
    await quiet(process.execPath, words(['down']), { cwd: clone, env, ...hour }).catch(() => undefined)
    // That of a round that was broken off by hand.
    await quiet('kind', ['delete', 'cluster', '--name', name, '--kubeconfig', kubeconfig], hour).catch(() => undefined)
    await rm(folder, { recursive: true, force: true })
  }
}
