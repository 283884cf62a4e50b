import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { messageOf } from '../core/errors.ts'
import { makeRun } from '../core/run.ts'
import type { Common } from './bench/common.ts'
import { gitopsPageOf, pageOf, savesPageOf } from './bench/page.ts'
import { placeFigures } from './bench/place-figures.ts'
import { stopSignals } from './stop-signals.ts'

const gitImage = 'python:3.13'
const nodeImage = 'node:24-alpine'
const usage = `usage: npm run bench -- [--gitops | --saves] [--count 5] [--settle 5] [--set path=value…] [--out FILE]
  Makes the reference example and what it is compared with on a real engine, in turns. Everything has to be there: node image, images, charts.
  --count   rounds; medians are taken of them
  --settle  seconds that the disk gets before each part
  --set     as of kindup: --set cluster.kubernetes=IMAGE, --set 'cluster.nodes[2].ports=["0:80","0:443"]'
  --gitops  measures instead how long a save takes by Argo CD and Flux, against applying directly and against commit, push and refresh
  --git-image  of the git server in the cluster for that; it has git and Python (${gitImage})
  --saves   measures instead how long a save takes: straight into containers, built, and built on a gigabyte
  --node-image  of the Node service for that (${nodeImage})
  --out     writes the table there as Markdown
`
const repository = fileURLToPath(new URL('..', import.meta.url))
const name = 'kindup-bench'
const { signal, release } = stopSignals()

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '5' },
    settle: { type: 'string', default: '5' },
    set: { type: 'string', multiple: true, default: [] },
    out: { type: 'string' },
    gitops: { type: 'boolean', default: false },
    'git-image': { type: 'string', default: gitImage },
    saves: { type: 'boolean', default: false },
    'node-image': { type: 'string', default: nodeImage },
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

/** What was measured is shown however it ends. */
const bench = async (
  command: string,
  measure: (common: Common) => Promise<void>,
  show: typeof gitopsPageOf,
): Promise<void> => {
  const figures = new Map<string, number[]>()
  try {
    await measure({ repository, count: Number(values.count), sets: values.set, signal, keep: keeper(figures) })
  } finally {
    release()
    const page = await show(figures, { run: makeRun({ signal: new AbortController().signal }), repository })
    process.stdout.write(page)
    if (values.out !== undefined && figures.size > 0) await placeFigures(values.out, page, command)
  }
}

const benches = {
  gitops: async (): Promise<void> => {
    const { gitopsBench } = await import('./bench/gitops.ts')
    const more = { name: `${name}-gitops`, image: values['git-image'] }
    await bench('npm run bench -- --gitops', (common) => gitopsBench({ ...common, ...more }), gitopsPageOf)
  },
  saves: async (): Promise<void> => {
    const { savesBench } = await import('./bench/saves.ts')
    const more = { name: `${name}-saves`, nodeImage: values['node-image'] }
    await bench('npm run bench -- --saves', (common) => savesBench({ ...common, ...more }), savesPageOf)
  },
  reference: async (): Promise<void> => {
    const { referenceBench } = await import('./bench/reference.ts')
    const more = { name, settle: Number(values.settle) }
    await bench('npm run bench', (common) => referenceBench({ ...common, ...more }), pageOf)
  },
}

const wrong = [
  ...(/^[1-9]\d{0,3}$/.test(values.count) ? [] : [`--count ${values.count}: write a whole number from 1 on.`]),
  ...(/^\d+(?:\.\d+)?$/.test(values.settle) ? [] : [`--settle ${values.settle}: write a number of seconds.`]),
]

if (values.help) process.stdout.write(usage)
else if (wrong.length > 0) {
  release()
  process.stderr.write(`✗ ${wrong.join('\n✗ ')}\n`)
  process.exitCode = 2
} else
  await benches[values.gitops ? 'gitops' : values.saves ? 'saves' : 'reference']().catch((error: unknown) => {
    process.stderr.write(`✗ ${messageOf(error)}\n`)
    process.exitCode = 1
  })
