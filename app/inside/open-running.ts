import { situationOf } from '../../cluster/kind/situation.ts'
import { readExistingMark } from '../../cluster/existing/mark.ts'
import type { InventoryEntry } from '../../cluster/inventory/inventory.ts'
import type { Kube } from '../../cluster/kube/kube.ts'
import type { Config } from '../../config/config.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Terminal } from '../../core/print/terminal.ts'
import { accessOf } from '../access-of.ts'
import type { App, CommonFlags, SettingFlags } from '../app.ts'
import { engineOf } from '../engine-of.ts'
import { fileOrName } from '../file-here.ts'

/** A cluster as it runs, and what it remembers of what was deployed: what the file says by now does not matter. */
export type Running = {
  readonly name: string
  readonly context: string
  /** Path of a kubeconfig of kindup's own with that one context. */
  readonly kubeconfig: string
  readonly kube: Kube
  readonly entries: ReadonlyMap<string, InventoryEntry>
  /** The file, where it can be read. */
  readonly file: Config | undefined
}

/** Looks into the cluster that the flags mean; nothing is held and nothing written. Throws ConfigError, `cluster-absent`, `not-ours`, `paused`, `api-unreachable`. */
export const openRunning = async (
  app: App,
  flags: CommonFlags & SettingFlags,
  terminal: Terminal,
): Promise<Running> => {
  const found = await fileOrName(app, flags, terminal)
  const file = 'services' in found ? found : undefined
  const { name } = found
  const { engine: wanted = 'auto', context } = 'services' in found ? found.cluster : found
  const engine = engineOf(app, wanted)
  const access = accessOf(app, { name, ...(context !== undefined && { context }) }, engine, app.signal)
  if (context === undefined) {
    const { marker, containers } = await situationOf(await engine(), name)
    if (containers.length === 0)
      throw new EnvironmentError('cluster-absent', `There is no cluster ${name}.`, { hints: ['kindup up'] })
    if (!marker)
      throw new EnvironmentError('not-ours', `There is a kind cluster ${name}, and kindup did not make it.`, {
        hints: ['Another cluster is meant with --name NAME.'],
      })
    if (containers.some(({ paused }) => paused === true))
      throw new EnvironmentError('paused', `The cluster ${name} is paused: nothing in it runs.`, {
        hints: ['kindup resume'],
      })
    if (!containers.some(({ running }) => running))
      throw new EnvironmentError('stopped', `The cluster ${name} is stopped: none of its nodes runs.`, {
        hints: ['kindup resume'],
      })
  }
  const kube = await access.kube()
  if (context !== undefined && (await readExistingMark(kube, context))?.name !== name)
    throw new EnvironmentError('cluster-absent', `Nothing of ${name} is in the cluster of context ${context}.`, {
      hints: ['kindup up'],
    })
  const [entries, kubeconfig] = await Promise.all([(await access.record()).entries(), access.kubeconfig()])
  return { name, context: context ?? `kind-${name}`, kubeconfig, kube, entries, file }
}
