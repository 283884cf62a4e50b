import { readExistingMark } from '../cluster/existing/mark.ts'
import { readMarker } from '../cluster/ownership-marker.ts'
import type { InventoryEntry } from '../cluster/inventory/inventory.ts'
import type { Context } from '../core/step.ts'
import { readUndo } from '../services/remove/undo.ts'
import { askForElevation, isElevationGranted, needsElevation } from '../hosts/elevate.ts'
import { mappedElsewhere } from '../hosts/block.ts'
import { readHostsFile, showHosts } from '../hosts/hosts-file.ts'
import { selectHosts } from '../hosts/names.ts'
import { hostsStep } from '../hosts/step.ts'
import type { Terminal } from '../core/print/terminal.ts'
import type { Recorded } from './recorded.ts'
import { addressOf } from './settle.ts'

/** How the names of the hosts file change with what is deployed. */
export type HostsChange = {
  readonly file: string
  readonly removed: readonly string[]
  readonly write: (ctx: Context) => Promise<void>
}

/**
 * What leaves and joins this cluster's block when the entries of `gone` go and `come` is there instead: names that
 * something else still leads by stay. Undefined where nothing would change. Asks for sudo now where that takes it.
 */
export const hostsChange = async (
  { cluster, config, run, entries }: Recorded,
  { gone, come }: { readonly gone: readonly InventoryEntry[]; readonly come: readonly string[] },
  { interactive, err }: Terminal,
): Promise<HostsChange | undefined> => {
  const { context } = config.cluster
  const file =
    context === undefined
      ? (await readMarker(await cluster.engine(), config.name))?.hostsFile
      : (await readExistingMark(await cluster.access.kube(), context))?.hostsFile
  if (file === undefined) return undefined
  const now = await showHosts(file, config.name)
  const ids = new Set(gone.map(({ id }) => id))
  const others = [...entries.values()].filter(({ id }) => !ids.has(id)).flatMap(({ undo }) => readUndo(undo).hosts)
  const staying = new Set([...others, ...config.hosts.extra, ...come].map((host) => host.toLowerCase()))
  const leaving = new Set(gone.flatMap(({ undo }) => readUndo(undo).hosts).map((host) => host.toLowerCase()))
  const removed = now.filter((host) => leaving.has(host) && !staying.has(host))
  const added = selectHosts(come, config.hosts.extra).write.filter(
    (host) => !now.includes(host) && come.some((one) => one.toLowerCase() === host),
  )
  if (removed.length + added.length === 0) return undefined
  if (interactive && (await needsElevation(file)) && !(await isElevationGranted(run))) {
    err(`  The names of ${config.name} change in ${file}, which belongs to the system: sudo may ask for your password.`)
    await askForElevation(run)
  }
  const address = context === undefined ? await ofEngine(cluster) : await addressIn(file, config.name, now)
  const names = [...now.filter((host) => !removed.includes(host)), ...added]
  const step = hostsStep({
    name: config.name,
    file,
    mode: 'file',
    // Those that are there were sorted out when they were written.
    extra: names,
    hosts: () => Promise.resolve(names),
    run,
    ...(address === undefined ? {} : { address }),
  })
  return {
    file,
    removed,
    write: async (ctx) => void (await (names.length > 0 ? step.up(ctx) : step.down(ctx))),
  }
}

/** The address of the engine's machine, where that is another one. */
const ofEngine = async ({ engine }: Recorded['cluster']): Promise<string | undefined> => {
  const { host } = await (await engine()).reach()
  return host === undefined ? undefined : addressOf(host)
}

/** Where the names of an existing cluster led until now: nothing else of it tells. */
const addressIn = async (file: string, name: string, hosts: readonly string[]): Promise<string | undefined> =>
  mappedElsewhere(await readHostsFile(file), '', hosts).find(({ cluster }) => cluster === name)?.address
