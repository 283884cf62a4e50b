import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isStaleLock, lockHolder } from '../../core/file-lock.ts'
import { clusterKey, listMarkers } from '../ownership-marker.ts'
import type { Engine } from '../engine/engine.ts'
import { kindClusterLabel, kindRoleLabel } from '../kind/labels.ts'
import { clusterPaths } from '../paths.ts'
import { mappingLabel } from '../ports/forwarder.ts'
import { withEngine, type Check, type CheckResult, type CheckDependencies } from './check.ts'
import type { RepairStep } from './repair.ts'
import { shown } from '../../core/shown-command.ts'

type Leftover = { readonly what: string; readonly fix: string; readonly step?: RepairStep }

export const leftoversCheck: Check = {
  id: 'leftovers',
  title: 'nothing is left of clusters that are gone',
  run: (dependencies) =>
    withEngine(dependencies, async (engine) => {
      const [found, locks] = await Promise.all([leftoversOf(engine, dependencies), locksOf(dependencies)])
      return resultOf([...found.leftovers, ...locks], found.evidence)
    }),
}

const resultOf = (leftovers: readonly Leftover[], evidence: string): CheckResult => {
  if (leftovers.length === 0) return { state: 'ok', evidence }
  const steps = leftovers.flatMap(({ step }) => step ?? [])
  return {
    state: 'warning',
    cause: `${leftovers.map(({ what }) => what).join('; ')}.`,
    evidence,
    fix: [...new Set(leftovers.map(({ fix }) => fix))].join('\n'),
    ...(steps.length > 0 ? { repair: { title: 'take away what is left', steps } } : {}),
  }
}

const leftoversOf = async (engine: Engine, dependencies: CheckDependencies) => {
  const answering = ((await dependencies.others?.()) ?? []).filter(({ failure }) => !failure)
  const [markers, containers, forwarders, elsewhere, folders] = await Promise.all([
    listMarkers(engine),
    engine.containers(kindClusterLabel),
    engine.containers(mappingLabel),
    // What another engine holds is no leftover, and its own doctor tells of it.
    Promise.all(answering.map((other) => listMarkers(other.engine))),
    foldersOf(dependencies),
  ])
  const clusters = Map.groupBy(containers, ({ labels }) => labels[kindClusterLabel] ?? '')
  const leftovers: Leftover[] = []
  for (const { name, config } of markers) {
    if (await isHeld(name, dependencies)) continue
    const nodes = clusters.get(name) ?? []
    const command = downCommand(name, dependencies)
    const fix = `kindup down --name ${name}`
    if (nodes.length === 0)
      leftovers.push({ what: `${name} has an ownership marker and no containers`, fix, ...command })
    else if (!hasControlPlane(nodes)) leftovers.push({ what: `${name} has no control plane any more`, fix, ...command })
    // It may have been moved, and the cluster be in use: that is for its owner to say.
    else if (!existsSync(config)) leftovers.push({ what: `${name} runs, and its file ${config} is gone`, fix })
  }
  for (const [name, nodes] of clusters)
    if (!hasControlPlane(nodes) && !markers.some((marker) => marker.name === name))
      leftovers.push({
        what: `the kind cluster ${name}, which kindup did not make, has no control plane`,
        fix: `kind delete cluster --name ${name}`,
      })
  // Deleted with kind by hand: kind knows nothing of them.
  for (const [name, ports] of Map.groupBy(forwarders, ({ labels }) => labels[clusterKey] ?? '')) {
    if (clusters.has(name) || markers.some((marker) => marker.name === name) || (await isHeld(name, dependencies)))
      continue
    leftovers.push({
      what: `${ports.map((one) => one.name).join(', ')} led to ${name}, which is gone`,
      fix: `kindup down --name ${name}`,
      ...downCommand(name, dependencies),
    })
  }
  const known = new Set([...markers, ...elsewhere.flat()].map(({ name }) => name))
  for (const { name, folder } of folders) {
    if (known.has(name) || clusters.has(name) || (await isHeld(name, dependencies))) continue
    const says = shown('rm', ['-r', folder])
    const run = () => rm(folder, { recursive: true, force: true })
    leftovers.push({ what: `${folder} is of a cluster that is gone`, fix: says, step: { says, run } })
  }
  const evidence =
    markers.length === 0 ? 'no clusters of kindup' : `clusters: ${markers.map(({ name }) => name).join(', ')}`
  return { leftovers, evidence }
}

const hasControlPlane = (nodes: readonly { readonly labels: Readonly<Record<string, string>> }[]): boolean =>
  nodes.some(({ labels }) => labels[kindRoleLabel] === 'control-plane')

const downCommand = (name: string, { kindup }: CheckDependencies): { readonly step?: RepairStep } =>
  kindup ? { step: { command: [...kindup, 'down', '--name', name] } } : {}

/** The private folders, by the name of their cluster. */
const foldersOf = async ({
  env,
}: CheckDependencies): Promise<readonly { readonly name: string; readonly folder: string }[]> => {
  const clusters = dirname(clusterPaths('any', env).folder)
  const entries = await readdir(clusters, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => ({ name, folder: join(clusters, name) }))
}

/** A run that goes on makes or takes away what would look left over. */
const isHeld = async (name: string, { env }: CheckDependencies): Promise<boolean> =>
  (await lockHolder(clusterPaths(name, env).lock)) !== undefined

/** The lock files beside what is edited whose holders are gone. */
const locksOf = async ({ kubeconfigFile, hosts }: CheckDependencies): Promise<readonly Leftover[]> => {
  const locks = [kubeconfigFile, ...(hosts ? [hosts.file] : [])].map((file) => `${file}.lock`)
  const stale = await Promise.all(locks.map(async (lock) => ((await isStaleLock(lock)) ? [lock] : [])))
  return stale.flat().map((lock) => {
    const says = `rm '${lock}'`
    return {
      what: `${lock} was left by a program that is gone, and kubectl and kind give up on it at once`,
      fix: says,
      step: { says, run: () => rm(lock, { force: true }) },
    }
  })
}
