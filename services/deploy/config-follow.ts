import type { Deployable } from '../../manifests/deployable.ts'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import type { Context } from '../../core/step.ts'
import { poll, waitFor } from '../../core/wait.ts'
import { configsOf, configsReadBy, digestOf, rollsOut, type Configs } from '../../manifests/transform/config-digests.ts'
import { podTemplateOf } from '../../manifests/transform/pod-templates.ts'

/** Nobody may bring it in this run: then the pods start with what is there. */
const patienceMs = 30_000
const quietMs = 3_000

type Read = ReturnType<typeof configsReadBy>[number] & { readonly namespace: string; readonly workload: KubeObject }

/** The ConfigMaps and Secrets of `configs` that the workloads among the objects read. */
const readIn = (objects: readonly KubeObject[], configs: Configs, home: string): readonly Read[] =>
  objects.filter(rollsOut).flatMap((workload) => {
    const namespace = workload.metadata.namespace ?? home
    return configsReadBy(podTemplateOf(workload), configs, namespace).map((read) => ({ ...read, namespace, workload }))
  })

const liveHash = async (kube: Kube, { kind, name, namespace }: Read): Promise<string | undefined> => {
  const live = await kube.get({ apiVersion: 'v1', kind, name, namespace })
  return live && digestOf(live)
}

/**
 * Waits until what other services of the file bring is there as it will be: pods that start before would keep what was. Goes
 * on after a while, and at once when no other step of the run is at work.
 */
const awaitOthers = async (
  kube: Kube,
  objects: readonly KubeObject[],
  { others, home }: { readonly others: Configs; readonly home: string },
  ctx: Context,
): Promise<void> => {
  const reads = readIn(objects, others, home)
  if (reads.length === 0) return
  const until = performance.now() + patienceMs
  const ask = async () => {
    const hashes = await Promise.all(reads.map((read) => liveHash(kube, read)))
    const open = reads.find(({ hash }, index) => hashes[index] !== hash)
    const quiet = ctx.quietElsewhereMs?.() ?? Infinity
    return open && quiet < quietMs && performance.now() < until
      ? { waiting: `${open.kind} ${open.name} of another service` }
      : { done: undefined }
  }
  await waitFor('What other services bring', poll(ask, 200), ctx)
}

/** What pods of workloads that are there already do not see of this change, one sentence a workload. Asked before it is applied. */
const unfollowed = async (
  kube: Kube,
  objects: readonly KubeObject[],
  { configs, home }: { readonly configs: Configs; readonly home: string },
): Promise<readonly string[]> => {
  const reads = readIn(objects, configs, home)
  const hashes = await Promise.all(reads.map((read) => liveHash(kube, read)))
  const changed = reads.filter(({ hash }, index) => hashes[index] !== undefined && hashes[index] !== hash)
  const workloads = [...new Set(changed.map(({ workload }) => workload))]
  const sentences = await Promise.all(
    workloads.map(async (workload): Promise<readonly string[]> => {
      const { apiVersion, kind, metadata } = workload
      const namespace = metadata.namespace ?? home
      if (!(await kube.get({ apiVersion, kind, name: metadata.name, namespace }))) return []
      const own = changed.filter((read) => read.workload === workload)
      const never = namesOf(own.filter(({ follows }) => !follows))
      const later = namesOf(own.filter(({ follows }) => follows))
      const parts = [
        ...(never === '' ? [] : [`what comes from ${never} into variables or by subPath stays until then`]),
        ...(later === '' ? [] : [`volumes of ${later} follow after about a minute`]),
      ]
      return [
        `${kind} ${metadata.name} is not rolled out (\`roll: false\`): ${parts.join(', ')}. kubectl rollout restart --namespace ${namespace} ${kind.toLowerCase()}/${metadata.name}   # starts its pods again`,
      ]
    }),
  )
  return sentences.flat()
}

const namesOf = (reads: readonly Read[]): string =>
  [...new Set(reads.map(({ kind, name }) => `${kind} ${name}`))].join(', ')

/** Pods read ConfigMaps and Secrets when they start: those of other services come first, and what does not follow is said. */
export const heedConfigs = async (
  kube: Kube,
  { of, namespace: home, roll = true }: Deployable,
  objects: readonly KubeObject[],
  configs: Configs,
  ctx: Context,
): Promise<void> => {
  if (of.kind !== 'service') return
  const own = configsOf(objects, home)
  const others = Object.fromEntries(Object.entries(configs).filter(([key]) => !(key in own)))
  await awaitOthers(kube, objects, { others, home }, ctx)
  if (roll) return
  for (const sentence of await unfollowed(kube, objects, { configs: { ...configs, ...own }, home })) ctx.warn(sentence)
}
