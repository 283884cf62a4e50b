import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { dropMarker, readMarker, takeMarker } from '../ownership-marker.ts'
import type { OwnershipMarker } from '../ownership-marker.ts'
import { expiryVolumes } from '../expiry.ts'
import { defaultKubeconfigFile } from '../kubeconfig/default-file.ts'
import { hasEntries, readCurrentContext } from '../kubeconfig/kubeconfig.ts'
import { nameTaken, situationOf } from '../kind/situation.ts'
import type { Situation } from '../kind/situation.ts'
import type { Parts } from '../parts.ts'
import { userHere } from '../user-here.ts'

/** Takes the ownership marker, before anything else is made; one of this file that is there already is kept. Throws `name-taken`. */
export const ensureMarker = async (parts: Parts): Promise<{ readonly marker: OwnershipMarker } & Situation> => {
  const { config } = parts
  const engine = await parts.engine()
  const situation = await situationOf(engine, config.name)
  const taken = nameTaken(engine, config, situation)
  if (taken) throw taken
  const kept = situation.marker
  // Of an attempt that made nothing, the user may have gone on to another context or file in the meantime.
  const stale = kept && situation.containers.length === 0 && !(await hasEntries(kept.kubeconfig, config.name))
  // The cluster of an earlier run was deleted by hand: the one that is made now has an age of its own, and nobody's time.
  const outlived = kept && situation.containers.length === 0 && (kept.madeAt ?? 0) < performance.timeOrigin
  if (kept && !stale && !outlived) return { ...situation, marker: kept }
  const fresh = await newMarker(parts, engine.name, kept)
  if (kept && !outlived && sameMarker(kept, fresh)) return { ...situation, marker: kept }
  const { madeAt, owner } = fresh
  const marker =
    kept && !stale ? { ...kept, ...(madeAt !== undefined && { madeAt }), ...(owner !== undefined && { owner }) } : fresh
  if (outlived) for (const volume of await expiryVolumes(engine, config.name)) await engine.removeVolume(volume)
  if (kept) await dropMarker(engine, config.name)
  await takeMarker(engine, marker)
  return { ...situation, marker: (await readMarker(engine, config.name)) ?? marker }
}

const newMarker = async (
  { config, context, env, version }: Parts,
  engine: OwnershipMarker['engine'],
  before: OwnershipMarker | undefined,
): Promise<OwnershipMarker> => {
  const kubeconfig = defaultKubeconfigFile(env)
  const currentContext = await readCurrentContext(kubeconfig)
  const hostsFile = config.hosts.mode === 'file' ? config.hosts.file : undefined
  return {
    name: config.name,
    version,
    engine,
    madeAt: Date.now(),
    owner: `${userHere()}@${hostname()}`,
    config: config.file,
    kubeconfig,
    // Ours would be the leftover of a cluster that was deleted by hand: there is no way back to it.
    ...(currentContext === undefined || currentContext === context ? {} : { previousContext: currentContext }),
    kubeconfigCreated:
      !existsSync(kubeconfig) || (before !== undefined && before.kubeconfig === kubeconfig && before.kubeconfigCreated),
    ...(hostsFile === undefined ? {} : { hostsFile }),
    hostsCreated:
      hostsFile !== undefined &&
      (!existsSync(hostsFile) || (before !== undefined && before.hostsFile === hostsFile && before.hostsCreated)),
  }
}

const sameMarker = (a: OwnershipMarker, b: OwnershipMarker): boolean =>
  a.kubeconfig === b.kubeconfig && a.previousContext === b.previousContext && a.hostsFile === b.hostsFile
