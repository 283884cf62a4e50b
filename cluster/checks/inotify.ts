import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unlessRefused } from '../../core/errors.ts'
import { kindClusterLabel } from '../kind/labels.ts'
import type { Check, CheckResult, CheckDependencies } from './check.ts'
import { sysctlSteps } from './repair.ts'

/** What kind asks for; below it nodes fail with "too many open files". */
const wanted = { max_user_watches: 524_288, max_user_instances: 512 }
const names = ['max_user_watches', 'max_user_instances'] as const satisfies (keyof typeof wanted)[]
const file = '/etc/sysctl.d/60-kindup-inotify.conf'

export const inotifyCheck: Check = {
  id: 'inotify',
  title: 'the kernel allows file watches enough',
  run: async (dependencies) => {
    const seen = await probe(dependencies)
    if ('state' in seen) return seen
    const { where, values } = seen
    const evidence = `${names.map((name) => `fs.inotify.${name} ${values[name] ?? 'unknown'}`).join(', ')} (${where})`
    const low = lowOf(values)
    if (low.length === 0) return { state: 'ok', evidence }
    const settings = Object.fromEntries(low.map((name) => [`fs.inotify.${name}`, wanted[name]]))
    return {
      state: 'warning',
      cause: 'The kernel allows few file watches; with several nodes something fails with "too many open files".',
      evidence,
      fix: low.map((name) => `sudo sysctl -w fs.inotify.${name}=${wanted[name]}`).join('\n'),
      ...(seen.isOwn
        ? { repair: { title: `raise the limits of file watches (${file})`, steps: sysctlSteps(file, settings) } }
        : {}),
    }
  },
}

const lowOf = (values: Seen['values']): readonly (typeof names)[number][] =>
  names.filter((name) => (values[name] ?? Infinity) < wanted[name])

/** Whether the limits of this machine itself are low. Asks no engine; where the engine has a kernel of its own it says nothing of it. */
export const watchesAreFew = async ({ platform, proc = '/proc' }: CheckDependencies): Promise<boolean> =>
  platform === 'linux' && lowOf(await ownValues(proc)).length > 0

type Seen = {
  readonly where: string
  readonly isOwn: boolean
  readonly values: Readonly<Partial<Record<keyof typeof wanted, number>>>
}

/** Nodes see the kernel of the engine: this machine's own, or the one that a node tells of. */
const probe = async ({ platform, proc = '/proc', engine }: CheckDependencies): Promise<Seen | CheckResult> => {
  const found = await unlessRefused(engine, undefined)
  const { virtual = false, host } = found ? await found.info() : {}
  if (platform === 'linux' && !virtual && host === undefined)
    return { where: 'this machine', isOwn: true, values: await ownValues(proc) }
  const node = (await found?.containers(kindClusterLabel))?.find(({ running }) => running)
  if (!found || !node)
    return { state: 'skipped', cause: 'The engine brings its own kernel, and there is no node to look from.' }
  const paths = names.map((name) => `/proc/sys/fs/inotify/${name}`)
  const { stdout } = await found.exec(node.name, ['cat', ...paths], { timeoutMs: 5_000 })
  return { where: `node ${node.name}`, isOwn: false, values: valuesIn(stdout.split('\n')) }
}

const ownValues = async (proc: string): Promise<Seen['values']> =>
  valuesIn(
    await Promise.all(names.map((name) => readFile(join(proc, 'sys', 'fs', 'inotify', name), 'utf8').catch(() => ''))),
  )

const valuesIn = (texts: readonly string[]): Seen['values'] =>
  Object.fromEntries(
    names.flatMap((name, index) => (/^\d+/.test(texts[index] ?? '') ? [[name, Number(texts[index])]] : [])),
  )
