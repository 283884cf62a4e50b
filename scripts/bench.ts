import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { messageOf } from '../core/errors.ts'
import { makeRun } from '../core/run.ts'
import { allowCgroup, chartOf, contentOf, heldAmong } from './bench/by-hand.ts'
import { gitopsPageOf, pageOf } from './bench/page.ts'
import { placeFigures } from './bench/place-figures.ts'
import { stopSignals } from './stop-signals.ts'

const gitImage = 'python:3.13'
const usage = `usage: npm run bench -- [--gitops] [--count 5] [--settle 5] [--set path=value…] [--out FILE]
  Makes the reference example and what it is compared with on a real engine, in turns. Everything has to be there: node image, images, charts.
  --count   rounds; medians are taken of them
  --settle  seconds that the disk gets before each part
  --set     as of kindup: --set cluster.kubernetes=IMAGE, --set 'cluster.nodes[2].ports=["0:80","0:443"]'
  --gitops  measures instead how long a save takes by Argo CD and Flux, against applying directly and against commit, push and refresh
  --git-image  of the git server in the cluster for that; it has git and Python (${gitImage})
  --out     writes the table there as Markdown
`
const repository = fileURLToPath(new URL('..', import.meta.url))
const name = 'kindup-bench'
const addons = { 'ingress-nginx': 'ingress-nginx', 'metrics-server': 'metrics-server', argocd: 'argo-cd' } as const
const { signal, release } = stopSignals()
const run = makeRun({ signal })
const hour = { timeoutMs: 60 * 60_000 }
/** Tells how much memory a process had at most, when it ends. */
const tellMemory = `data:text/javascript,import{appendFileSync as a}from'node:fs';process.on('exit',()=>a(process.env.KINDUP_BENCH_MEMORY,process.resourceUsage().maxRSS*1024+'\\n'))`

const timed = async <T>(work: () => Promise<T>): Promise<{ readonly seconds: number; readonly value: T }> => {
  const began = performance.now()
  const value = await work()
  return { seconds: (performance.now() - began) / 1000, value }
}

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '5' },
    settle: { type: 'string', default: '5' },
    set: { type: 'string', multiple: true, default: [] },
    out: { type: 'string' },
    gitops: { type: 'boolean', default: false },
    'git-image': { type: 'string', default: gitImage },
    help: { type: 'boolean', default: false },
  },
})

/** Keeps what was measured, and shows it. */
const keeper =
  (figures: Map<string, number[]>) =>
  (key: string, value: number): void => {
    figures.set(key, [...(figures.get(key) ?? []), value])
    process.stderr.write(`  ${key} ${value.toFixed(1)}\n`)
  }

/** Everything of one bench: a clone that may be changed, and what was measured so far. */
const bench = async (): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-bench-'))
  const clone = join(folder, 'clone')
  const memoryFile = join(folder, 'memory')
  const kubeconfig = join(folder, 'kubeconfig')
  const figures = new Map<string, number[]>()
  const keep = keeper(figures)
  const sets = [...values.set, `hosts.file=${join(folder, 'hosts')}`].flatMap((set) => ['--set', set])
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
    run('sync', [], hour).then(() => pause(Number(values.settle) * 1000, undefined, { signal }))
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
    for (let round = 1; round <= Number(values.count); round++) {
      process.stderr.write(`round ${round} of ${values.count}\n`)
      await settle()
      const before = await byHand()
      await settle()
      await byKindup(before, round)
    }
  } finally {
    release()
    await run(process.execPath, words(['down']), {
      cwd: clone,
      env,
      ...hour,
      signal: new AbortController().signal,
    }).catch(() => undefined)
    // That of a round that was broken off by hand.
    await run('kind', ['delete', 'cluster', '--name', name, '--kubeconfig', kubeconfig], {
      ...hour,
      signal: new AbortController().signal,
    }).catch(() => undefined)
    const page = await pageOf(figures, { run, repository })
    process.stdout.write(page)
    if (values.out !== undefined && figures.size > 0) await placeFigures(values.out, page)
    await rm(folder, { recursive: true, force: true })
  }
}

const benchGitops = async (): Promise<void> => {
  const figures = new Map<string, number[]>()
  const keep = keeper(figures)
  const { gitopsBench } = await import('./bench/gitops.ts')
  try {
    const { 'git-image': image, count, set: sets } = values
    await gitopsBench({ repository, name: `${name}-gitops`, image, count: Number(count), sets, signal, keep })
  } finally {
    release()
    const page = await gitopsPageOf(figures, { run: makeRun({ signal: new AbortController().signal }), repository })
    process.stdout.write(page)
    if (values.out !== undefined && figures.size > 0) await placeFigures(values.out, page, 'npm run bench -- --gitops')
  }
}

if (values.help) process.stdout.write(usage)
else
  await (values.gitops ? benchGitops() : bench()).catch((error: unknown) => {
    process.stderr.write(`✗ ${messageOf(error)}\n`)
    process.exitCode = 1
  })
