import { resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { EnvironmentError, KindupError, messageOf, usageError } from '../core/errors.ts'
import { makeRun } from '../core/run.ts'
import { unwritable } from '../core/unwritable.ts'
import type { Common } from './bench/common.ts'
import { gitopsPageOf, pageOf, savesPageOf } from './bench/page.ts'
import { placeFigures } from './bench/place-figures.ts'
import { asScript, scriptFlags } from './script-flags.ts'
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

const readFlags = () => {
  const { values } = scriptFlags(
    {
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
    },
    'npm run bench -- --help',
  )
  const { count, settle, out } = values
  const trouble = out === undefined ? undefined : unwritable(resolve(out), 'file')
  const wrong = [
    ...(/^[1-9]\d{0,3}$/.test(count) ? [] : [`--count ${count}: write a whole number from 1 on.`]),
    ...(/^\d+(?:\.\d+)?$/.test(settle) ? [] : [`--settle ${settle}: write a number of seconds.`]),
    ...(trouble ? [`--out ${out} cannot be written: ${trouble.why}.`] : []),
    ...(values.gitops && values.saves ? ['--gitops and --saves are two benches: leave one of them away.'] : []),
  ]
  if (wrong.length > 0) throw usageError(wrong.join('\n✗ '))
  return values
}

type Values = ReturnType<typeof readFlags>
type Bench = { readonly values: Values } & Pick<Common, 'signal'>

/** Keeps what was measured, and shows it. */
const keeper =
  (figures: Map<string, number[]>) =>
  (key: string, value: number): void => {
    figures.set(key, [...(figures.get(key) ?? []), value])
    process.stderr.write(`  ${key} ${value.toFixed(1)}\n`)
  }

/** What was measured is shown however it ends. */
const bench = async (
  { values, signal }: Bench,
  command: string,
  measure: (common: Common) => Promise<void>,
  show: typeof gitopsPageOf,
): Promise<void> => {
  const figures = new Map<string, number[]>()
  try {
    await measure({ repository, count: Number(values.count), sets: values.set, signal, keep: keeper(figures) })
  } finally {
    const page = await show(figures, { run: makeRun({ signal: new AbortController().signal }), repository })
    process.stdout.write(page)
    if (values.out !== undefined && figures.size > 0) await placeFigures(values.out, page, command)
  }
}

const benches = {
  gitops: async (of: Bench): Promise<void> => {
    const { gitopsBench } = await import('./bench/gitops.ts')
    const more = { name: `${name}-gitops`, image: of.values['git-image'] }
    await bench(of, 'npm run bench -- --gitops', (common) => gitopsBench({ ...common, ...more }), gitopsPageOf)
  },
  saves: async (of: Bench): Promise<void> => {
    const { savesBench } = await import('./bench/saves.ts')
    const more = { name: `${name}-saves`, nodeImage: of.values['node-image'] }
    await bench(of, 'npm run bench -- --saves', (common) => savesBench({ ...common, ...more }), savesPageOf)
  },
  reference: async (of: Bench): Promise<void> => {
    const { referenceBench } = await import('./bench/reference.ts')
    const more = { name, settle: Number(of.values.settle) }
    await bench(of, 'npm run bench', (common) => referenceBench({ ...common, ...more }), pageOf)
  },
}

await asScript(async () => {
  const values = readFlags()
  if (values.help) return void process.stdout.write(usage)
  const { signal, release } = stopSignals()
  try {
    await benches[values.gitops ? 'gitops' : values.saves ? 'saves' : 'reference']({ values, signal })
  } catch (error) {
    throw error instanceof KindupError ? error : new EnvironmentError('bench', messageOf(error), { cause: error })
  } finally {
    release()
  }
})
