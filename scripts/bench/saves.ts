import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { makeRun } from '../../core/run.ts'
import { contentOf } from './by-hand.ts'
import { freePorts } from './free-ports.ts'
import { filesOf, programOf, sourceOf, ways, type Way } from './saves-example.ts'
import type { Bench } from './common.ts'
import { served } from './served.ts'

export type SavesBench = Bench & {
  /** Has Node. */
  readonly nodeImage: string
}

const hour = { timeoutMs: 60 * 60_000 }

/**
 * From a save until the new text is served, with one `up --watch` all the while: straight into the containers, built, and built on 1 GB.
 * A round is one save of what is built, and ten of what is not.
 */
export const savesBench = async ({
  repository,
  name,
  nodeImage,
  count,
  sets: given,
  signal,
  keep,
}: SavesBench): Promise<void> => {
  const run = makeRun({ signal })
  const folder = await mkdtemp(join(tmpdir(), 'kindup-bench-'))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its own keys
  const hostPorts = await freePorts(Object.keys(ways) as readonly Way[])
  const url = (way: Way): string => `http://127.0.0.1:${hostPorts[way]}`
  const env = { KUBECONFIG: join(folder, 'kubeconfig') }
  const sets = [...given, `hosts.file=${join(folder, 'hosts')}`].flatMap((set) => ['--set', set])
  const words = (args: readonly string[]): readonly string[] => [
    join(repository, 'scripts', 'kindup.mjs'),
    ...args,
    '--name',
    name,
    ...(args[0] === 'down' ? ['--yes'] : sets),
  ]
  // A text that no run had before: the engine would still have an image of it.
  const own = Date.now().toString(36)
  const over = new AbortController()
  let onLine: ((line: string) => void) | undefined
  const until = (holds: (line: string) => boolean): Promise<void> =>
    new Promise((resolve) => {
      onLine = (line) => {
        if (holds(line)) resolve()
      }
    })

  /** The watch is at rest when it has told of the save: two in a row would be one to it. */
  const save = async (way: Way, text: string): Promise<void> => {
    let built = Number.NaN
    const said = until((line) => {
      if (/ docker build .* → 0 in /.test(line)) built = performance.now()
      return line.startsWith('✓') && line.includes(sourceOf(way)) && line.includes(way)
    })
    const began = performance.now()
    await writeFile(join(folder, way, sourceOf(way)), programOf(way, text))
    await served(url(way), text, signal)
    keep(way, (performance.now() - began) / 1000)
    if (!Number.isNaN(built)) keep(`${way}-after-build`, (performance.now() - built) / 1000)
    await said
    keep(`${way}-said`, (performance.now() - began) / 1000)
  }

  try {
    const files = [...filesOf(name, hostPorts, nodeImage), ['hosts', '127.0.0.1 localhost\n'] as const]
    for (const [path, text] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), text)
    }
    await run(process.execPath, words(['up']), { cwd: folder, env, ...hour })
    const following = until((line) => line.includes('Each save is carried out'))
    const watching = run(process.execPath, words(['up', '--watch', '--verbose']), {
      cwd: folder,
      env,
      ...hour,
      signal: AbortSignal.any([signal, over.signal]),
      onLine: (line) => onLine?.(line),
    })
    const failed = watching.then(() => undefined)
    const alive = <T>(work: Promise<T>): Promise<T> => Promise.race([work, failed.then(() => work)])
    await alive(following)
    for (let round = 1; round <= count; round++) {
      process.stderr.write(`round ${round} of ${count}\n`)
      for (const way of ['python', 'node'] as const)
        for (let turn = 1; turn <= 10; turn++) await alive(save(way, `${way} ${own} ${round}-${turn}`))
      await alive(save('built', `built ${own} ${round}`))
      const before = await contentOf(run, name)
      await alive(save('large', `large ${own} ${round}`))
      keep('large-bytes', ((await contentOf(run, name)) - before) / 1e6)
    }
    over.abort()
    await failed.catch(() => undefined)
  } finally {
    const quiet = makeRun({ signal: new AbortController().signal })
    await quiet(process.execPath, words(['down']), { cwd: folder, env, ...hour }).catch(() => undefined)
    await rm(folder, { recursive: true, force: true })
  }
}
