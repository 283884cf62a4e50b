import { existsSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { dropDeed, readDeed, takeDeed } from '../ownership-marker.ts'
import type { Deed } from '../ownership-marker.ts'
import { expiryMarks } from '../expiry.ts'
import { defaultKubeconfigFile } from '../kubeconfig/default-file.ts'
import { hasEntries, readCurrentContext } from '../kubeconfig/kubeconfig.ts'
import { nameTaken, situationOf } from '../kind/situation.ts'
import type { Situation } from '../kind/situation.ts'
import type { Parts } from '../parts.ts'

/** Takes the deed, before anything else is made; one of this file that is there already is kept. Throws `name-taken`. */
export const ensureDeed = async (parts: Parts): Promise<{ readonly deed: Deed } & Situation> => {
  const { config } = parts
  const engine = await parts.engine()
  const situation = await situationOf(engine, config.name)
  const taken = nameTaken(engine, config, situation)
  if (taken) throw taken
  const kept = situation.deed
  // Of an attempt that made nothing, the user may have gone on to another context or file in the meantime.
  const stale = kept && situation.containers.length === 0 && !(await hasEntries(kept.kubeconfig, config.name))
  // The cluster of an earlier run was deleted by hand: the one that is made now has an age of its own, and nobody's time.
  const outlived = kept && situation.containers.length === 0 && (kept.madeAt ?? 0) < performance.timeOrigin
  if (kept && !stale && !outlived) return { ...situation, deed: kept }
  const fresh = await newDeed(parts, engine.name, kept)
  if (kept && !outlived && sameDeed(kept, fresh)) return { ...situation, deed: kept }
  const { madeAt, owner } = fresh
  const deed =
    kept && !stale ? { ...kept, ...(madeAt !== undefined && { madeAt }), ...(owner !== undefined && { owner }) } : fresh
  if (outlived) for (const mark of await expiryMarks(engine, config.name)) await engine.removeVolume(mark)
  if (kept) await dropDeed(engine, config.name)
  await takeDeed(engine, deed)
  return { ...situation, deed: (await readDeed(engine, config.name)) ?? deed }
}

const newDeed = async (
  { config, context, env, version }: Parts,
  engine: Deed['engine'],
  before: Deed | undefined,
): Promise<Deed> => {
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

const sameDeed = (a: Deed, b: Deed): boolean =>
  a.kubeconfig === b.kubeconfig && a.previousContext === b.previousContext && a.hostsFile === b.hostsFile

/** A number where the system has no name for it, as in many containers. */
const userHere = (): string => {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'nobody')
  }
}
