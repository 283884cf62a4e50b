import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { replaceIn } from './replace-in.ts'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  hostsBefore,
  kubeconfigBefore,
  realCluster,
  root,
  takesSet,
  whyNoCluster,
  type RealCluster,
} from './real-cluster.ts'

/** A folder below examples/, and what must hold of it beyond what holds of all of them. */
export type Example = {
  /** The folder's name. */
  readonly name: string
  /** What is added to the name of its cluster and to its title, where it is tried in more than one way. */
  readonly by?: string
  /** Folders of the repository that it reaches for: `manifests/demo`. */
  readonly beside?: readonly string[]
  /** Charts that must be in the cache: `ingress-nginx`. */
  readonly charts: readonly string[]
  /** Images that the nodes would pull: `postgres:17-alpine`. Without them in the engine nothing is tried at home. */
  readonly images?: readonly string[]
  /** For every command that takes `--set`: host ports of its own, say. */
  readonly flags: readonly string[]
  /** Some of the steps that the first `up` must report as created. */
  readonly creates: readonly string[]
  /** How many smoke tests there are. All pass. */
  readonly smoke: number
  /** An edit of one file of one service, and every step that the next `up` may touch. */
  readonly change: {
    readonly file: string
    readonly from: string
    readonly to: string
    readonly touches: readonly string[]
    /** What must be the same before and after, such as the pods of others. */
    readonly keeps?: (there: There) => unknown
  }
  /** Further tests (`it`), between the second `up` and the change. */
  readonly also?: (there: There) => void
}

/** The example as it stands on its cluster. Read it inside of tests: before the first it is not there. */
export type There = {
  readonly cluster: RealCluster
  /** What the first `up` printed. */
  readonly first: UpDocument
  /** A copy of the example's folder, a commit of its own git repository. */
  path(...parts: readonly string[]): string
  /** Replaces a text in a file of the copy; throws when it is not there. */
  edit(file: string, from: string, to: string): Promise<void>
  /** Runs a command with `--json` and the example's flags, and returns its document. */
  json<T = UpDocument>(args: readonly string[]): Promise<T>
}

export type UpDocument = {
  readonly error?: unknown
  readonly steps: readonly { readonly id: string; readonly result: string }[]
  readonly smoke: readonly { readonly step: string; readonly ok: boolean; readonly message?: string }[]
  readonly warnings: readonly string[]
  readonly endpoints: readonly { readonly name: string; readonly url: string }[]
  readonly credentials: readonly { readonly name: string; readonly username?: string; readonly password?: string }[]
  readonly seconds: number
}

/** Ids of the steps that a run did something to. */
export const touched = ({ steps }: Pick<UpDocument, 'steps'>): readonly string[] =>
  steps
    .filter(({ result }) => result !== 'unchanged')
    .map(({ id }) => id)
    .toSorted()

/**
 * The life of an example on a real cluster, each test going on from the one before: up with right answers, up again
 * without a change, what is special about it, one service changed, down without a trace.
 */
export const describeExample = (example: Example): void => {
  describe.skipIf(whyNoCluster(example.charts, example.images) !== undefined)(
    `examples/${example.name} on a real cluster${example.by === undefined ? '' : `, by ${example.by}`}`,
    () => {
      const seconds: Record<string, number> = {}
      let folder = ''
      let cluster: RealCluster | undefined
      let first: UpDocument | undefined
      const there: There = {
        get cluster() {
          if (!cluster) throw new Error('the cluster is asked for before the first test')
          return cluster
        },
        get first() {
          if (!first) throw new Error('the example has not come up')
          return first
        },
        path: (...parts) => join(folder, 'examples', example.name, ...parts),
        edit: (file, from, to) => replaceIn(there.path(file), from, to),
        json: (args) => there.cluster.json(takesSet(args[0]) ? [...args, ...example.flags] : args),
      }
      const timed = async (what: string): Promise<UpDocument> => {
        const report = await there.json(['up'])
        if (report.error === undefined) seconds[what] = report.seconds
        return report
      }

      beforeAll(async () => {
        folder = await copied(example)
        cluster = await realCluster(
          `kindup-e2e-${example.name}${example.by === undefined ? '' : `-${example.by}`}`,
          there.path('kindup.yaml'),
        )
      })
      afterAll(async () => {
        await cluster?.[Symbol.asyncDispose]()
        await rm(folder, { recursive: true, force: true })
        console.info(
          `examples/${example.name}, seconds: ${Object.entries(seconds)
            .map(([what, value]) => `${what} ${value.toFixed(1)}`)
            .join(', ')}`,
        )
      })

      it('comes up with one command, and every smoke test finds the right answer', async () => {
        first = await timed('up')
        expect(first).not.toHaveProperty('error')
        expect(first.steps.filter(({ result }) => result === 'created').map(({ id }) => id)).toEqual(
          expect.arrayContaining([...example.creates]),
        )
        expect(first.smoke.filter(({ ok }) => !ok)).toEqual([])
        expect(first.smoke).toHaveLength(example.smoke)
      })

      it('changes nothing the second time, and is healthy', async () => {
        const again = await timed('again')
        expect(again).not.toHaveProperty('error')
        expect(touched(again)).toEqual([])
        expect(await there.json(['status'])).toMatchObject({ healthy: true })
      })

      example.also?.(there)

      it(`touches nothing but ${example.change.touches.join(', ')} when ${example.change.file} is changed`, async () => {
        const { file, from, to, touches, keeps } = example.change
        const kept = keeps?.(there)
        await there.edit(file, from, to)
        const report = await timed('change')
        expect(report).not.toHaveProperty('error')
        expect(touched(report)).toEqual(touches.toSorted())
        expect(keeps?.(there)).toEqual(kept)
        expect(report.smoke.filter(({ ok }) => !ok)).toEqual([])
      })

      it('goes away without a trace', async () => {
        const down = await there.cluster.json<{ error?: unknown; seconds: number }>(['down'])
        expect(down).not.toHaveProperty('error')
        seconds['down'] = down.seconds
        expect(there.cluster.left()).toEqual([])
        expect(await there.cluster.home.read('hosts')).toBe(hostsBefore)
        expect(await there.cluster.home.read('home/.kube/config')).toBe(kubeconfigBefore)
      })
    },
  )
}

/** A copy that a test may change, committed to a repository of its own: `tag: git` asks for one. */
const copied = async ({ name, beside = [] }: Example): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), `kindup-${name}-`))
  for (const part of [join('examples', name), ...beside])
    await cp(join(root, part), join(folder, part), { recursive: true })
  const git = (...args: readonly string[]): void => {
    const author = ['-c', 'user.name=kindup', '-c', 'user.email=kindup@example.org', '-c', 'commit.gpgsign=false']
    const { status, stderr } = spawnSync('git', ['-C', folder, ...author, ...args], { encoding: 'utf8' })
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
  }
  git('init', '--quiet')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'the example as it is')
  return folder
}
