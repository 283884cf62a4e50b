import { undoError } from '../cluster/undo.ts'
import { ourClusters, type OurCluster } from '../cluster/ours.ts'
import { clusterPaths } from '../cluster/paths.ts'
import { runUnderWay } from '../cluster/run-lock.ts'
import { confirm } from '../core/ask.ts'
import { exit, messageOf } from '../core/errors.ts'
import { platformHostsFile } from '../core/paths.ts'
import { ageText } from '../core/print/age.ts'
import type { App, CommonFlags, End } from '../app/app.ts'
import { clustersHere } from './list.ts'
import { removeCluster, underLock } from '../app/remove-cluster.ts'
import { runOf } from '../app/run-of.ts'

export type PruneFlags = CommonFlags & { readonly olderThan?: number; readonly dryRun: boolean }

/** Why a cluster goes, or why one that could be meant stays. */
type Verdict = { readonly cluster: OurCluster; readonly goes: boolean; readonly why: string }

/**
 * `prune`: removes the clusters whose --ttl is over, and with --older-than those made before, from any machine that
 * reaches the engine. A cluster that a run on this machine works on, or whose time is not over, stays.
 */
export const prune = async (app: App, flags: PruneFlags, end: End): Promise<void> => {
  const { json, out, err, outColour: colour, colour: errColour, interactive } = app.terminal(flags)
  const now = Date.now()
  const all = (await clustersHere(app)).filter(({ marker }) => flags.name === undefined || marker.name === flags.name)
  const verdicts = (await Promise.all(all.map(async (cluster) => verdictOf(cluster, app, flags, now)))).filter(
    (verdict) => verdict !== undefined,
  )
  let going = verdicts.filter(({ goes }) => goes)
  const kept = verdicts.filter(({ goes }) => !goes)
  const unmarked = going.filter(({ cluster }) => cluster.expiresAt === undefined)
  if (unmarked.length > 0 && interactive && !flags.yes && !flags.dryRun) {
    for (const { cluster, why } of unmarked) err(`  ${cluster.marker.name}: ${why}, of ${cluster.marker.config}`)
    const names = unmarked.map(({ cluster }) => cluster.marker.name).join(', ')
    if (!(await confirm(`Remove ${names}?`, { byDefault: false, signal: app.signal }))) {
      kept.push(...unmarked.map((verdict) => ({ ...verdict, goes: false, why: 'nobody agreed' })))
      going = going.filter((verdict) => !unmarked.includes(verdict))
    }
  }
  const failed: { readonly verdict: Verdict; readonly error: unknown }[] = []
  const removed: Verdict[] = []
  // One after the other: they share the kubeconfig and the hosts file, and the disk is what takes the time.
  for (const verdict of going)
    try {
      const isGone = flags.dryRun || (await remove(app, flags, verdict.cluster))
      if (isGone) removed.push(verdict)
      else kept.push({ ...verdict, goes: false, why: 'it changed in the meantime' })
    } catch (error) {
      app.signal.throwIfAborted()
      failed.push({ verdict, error })
    }
  const named = ({ cluster, why }: Verdict) => ({ name: cluster.marker.name, engine: cluster.engine.name, why })
  if (failed.length > 0) end(exit.failed)
  if (flags.json)
    return json({
      dryRun: flags.dryRun,
      removed: removed.map(named),
      kept: kept.map(named),
      failed: failed.map(({ verdict, error }) => ({ ...named(verdict), error: messageOf(error) })),
    })
  for (const { cluster, why } of removed)
    out(`${colour.red('-')} ${cluster.marker.name} (${why})${flags.dryRun ? ' would be removed' : ''}`)
  for (const { cluster, why } of kept) out(colour.dim(`= ${cluster.marker.name} (${why}: it stays)`))
  for (const { verdict, error } of failed)
    err(`${errColour.red('✗')} ${verdict.cluster.marker.name} could not be removed: ${messageOf(error)}`)
  if (verdicts.length === 0) out('There is no cluster whose time is over.')
}

const verdictOf = async (
  cluster: OurCluster,
  { env }: App,
  { olderThan }: PruneFlags,
  now: number,
  isHeld = false,
): Promise<Verdict | undefined> => {
  const { marker, expiresAt } = cluster
  const isOver = expiresAt !== undefined && expiresAt <= now
  const aged = marker.madeAt === undefined ? undefined : now - marker.madeAt
  const isOld = olderThan !== undefined && aged !== undefined && aged >= olderThan
  if (!isOver && !isOld)
    return olderThan !== undefined && aged === undefined
      ? { cluster, goes: false, why: 'its age is not known' }
      : undefined
  // By this run itself, once it is about to remove it.
  const busy = isHeld ? undefined : await runUnderWay(clusterPaths(marker.name, env).lock)
  if (busy !== undefined) return { cluster, goes: false, why: `${busy} works on it` }
  if (isOver) return { cluster, goes: true, why: `its time has been over for ${ageText(now - expiresAt)}` }
  if (expiresAt !== undefined) return { cluster, goes: false, why: `${ageText(expiresAt - now)} of its time are left` }
  return { cluster, goes: true, why: `it is ${ageText(aged ?? 0)} old` }
}

/** Removes it unless it is another one by now, or is wanted for longer: false then. */
const remove = async (app: App, flags: PruneFlags, { marker, engine }: OurCluster): Promise<boolean> => {
  const { name } = marker
  const removal = {
    app,
    // What kindup did not make, nobody agreed to remove.
    flags: { ...flags, yes: false, caches: false, purge: false },
    run: runOf(app),
    name,
    engine,
    hostsFile: platformHostsFile(),
  }
  const undone = await underLock(app, name, 'kindup prune', async () => {
    const now = (await ourClusters([engine])).find((one) => one.marker.name === name)
    const isSame = now?.marker.madeAt === marker.madeAt && now?.marker.config === marker.config
    const verdict = now && isSame ? await verdictOf(now, app, flags, Date.now(), true) : undefined
    return verdict?.goes === true ? removeCluster(removal) : undefined
  })
  if (!undone) return false
  for (const text of undone.said) app.terminal(flags).err(text)
  const error = undoError(name, undone)
  if (error) throw error
  return true
}
