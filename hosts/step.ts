import { identified } from '../core/identity.ts'
import { EnvironmentError, messageOf } from '../core/errors.ts'
import type { Run } from '../core/run.ts'
import type { Context, Step } from '../core/step.ts'
import { blockHosts, loopback, mappedElsewhere, withBlock } from './block.ts'
import { editElevated, elevatedCommand, needsElevation } from './elevate.ts'
import { applyHosts, mayWrite, readHostsFile, removeHosts } from './hosts-file.ts'
import { selectHosts } from './names.ts'

type HostsOptions = {
  /** The cluster's. */
  readonly name: string
  readonly file: string
  readonly mode: 'file' | 'none'
  /** Names that `hosts.extra` asks for, public ones included. */
  readonly extra: readonly string[]
  /** The names that are found, public ones and wildcards included: they are sorted out here. */
  readonly hosts: () => Promise<readonly string[]>
  /** Wildcards under which no name is known: they are said, and nothing else. */
  readonly wildcards?: () => readonly string[]
  readonly run: Run
  /** Where the names lead, where that is not this machine: the engine's. */
  readonly address?: string | undefined
  readonly needs?: readonly string[]
}

/** Makes the names resolve to this machine. Without permission it says what to paste, and the run goes on. */
export const hostsStep = (options: HostsOptions): Step => {
  const { name, file, mode, run, address } = options
  const wanted = async () => selectHosts(await options.hosts(), options.extra)
  return {
    ...identified({ kind: 'hosts' }),
    title: `host names in ${file}`,
    ...(options.needs ? { needs: options.needs } : {}),
    dies: 'by-itself',
    status: async () => {
      if (mode === 'none') return { state: 'ready' }
      const { write } = await wanted()
      const bytes = await readHostsFile(file).catch((error: unknown) => messageOf(error))
      if (typeof bytes === 'string') return { state: 'unknown', why: bytes }
      const now = blockHosts(bytes, name)
      const after = withBlock(bytes, name, write, address)
      if (after === bytes || (after && bytes?.equals(after))) return { state: 'ready', ...noteOf(options) }
      if (now.length === 0) return { state: 'absent' }
      return { state: 'changed', what: difference(now, write) }
    },
    up: async (ctx) => {
      if (mode === 'none') return undefined
      const { write, leftOut } = await wanted()
      for (const { host, why } of leftOut) ctx.warn(`${host} is not in the hosts file: ${why}.`)
      await warnOfOthers(ctx, options, write)
      if (await written(options, write, ctx)) return undefined
      const lines = write.map((host) => `${address ?? loopback} ${host}`).join('\n')
      ctx.warn(
        (await needsElevation(file))
          ? `No write permission for ${file} without sudo. So that the names resolve, paste:\n${elevatedCommand(name, write, address)}`
          : `No write permission for ${file}. So that the names resolve, add as an administrator:\n${lines}`,
      )
      return 'unchanged'
    },
    down: async (ctx) => {
      if (mode === 'none') return
      if (await written({ name, file, run }, [], ctx)) return
      throw new EnvironmentError(
        'hosts-file',
        `The lines of ${name} are still in ${file}: there is no write permission for it.`,
        {
          hints: [
            (await needsElevation(file))
              ? elevatedCommand(name, [])
              : `As an administrator, delete the lines of ${file} that end in: # kindup ${name}`,
          ],
        },
      )
    },
  }
}

const noteOf = ({ wildcards }: HostsOptions): { readonly note?: string } => {
  const left = [...new Set(wildcards?.())].toSorted()
  return left.length === 0
    ? {}
    : { note: `no name is written under ${left.join(', ')}: name those that you need in hosts.extra` }
}

/** Writes or, with no hosts, removes; itself where it may, else through sudo where that asks nothing. False when neither may. */
const written = async (
  { name, file, run, address }: Pick<HostsOptions, 'name' | 'file' | 'run' | 'address'>,
  hosts: readonly string[],
  ctx: Context,
): Promise<boolean> => {
  const bytes = await readHostsFile(file)
  const after = withBlock(bytes, name, hosts, address)
  if (after === bytes || (after && bytes?.equals(after))) return true
  if (await mayWrite(file)) {
    await (hosts.length > 0 ? applyHosts(file, name, hosts, ctx.signal, address) : removeHosts(file, name, ctx.signal))
    return true
  }
  return (await needsElevation(file)) && editElevated(run, name, hosts, address)
}

const warnOfOthers = async (
  ctx: Context,
  { file, name, address: ours = loopback }: HostsOptions,
  hosts: readonly string[],
): Promise<void> => {
  for (const { host, address, line, cluster } of mappedElsewhere(await readHostsFile(file), name, hosts)) {
    if (cluster !== undefined)
      ctx.warn(`${host} is also a name of cluster ${cluster} (${file}:${line}): both lead to this machine's ports.`)
    else if (address !== ours)
      ctx.warn(`${host} already leads to ${address} (${file}:${line}): take that line out, the first one counts.`)
  }
}

const difference = (now: readonly string[], wanted: readonly string[]): string => {
  const added = wanted.filter((host) => !now.includes(host))
  const removed = now.filter((host) => !wanted.includes(host))
  const parts = [
    ...(added.length > 0 ? [`adds ${added.join(', ')}`] : []),
    ...(removed.length > 0 ? [`removes ${removed.join(', ')}`] : []),
  ]
  return parts.length > 0 ? parts.join('; ') : 'its block was edited'
}
