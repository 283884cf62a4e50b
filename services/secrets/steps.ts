import type { Cluster } from '../../cluster/cluster.ts'
import { lazyStep } from '../../core/lazy-step.ts'
import type { Context, Step } from '../../core/step.ts'
import { releaseOf, type Deployable, type RenderedObject } from '../../manifests/deployable.ts'
import type { Rendered } from '../../manifests/source/rendered.ts'
import { copyNeeds } from './copy-needs.ts'
import { renderedData } from './data.ts'
import { makeSecretDigests, type SecretDigests } from './digests.ts'
import type { Secrets } from './read-secrets.ts'
import { secretHead } from './head.ts'
import type { SecretUndoDeps } from './undo.ts'

type Dependencies = {
  readonly cluster: Cluster
  readonly secrets: Secrets | undefined
  readonly deployables: readonly Deployable[]
  readonly sources: ReadonlyMap<string, Rendered>
  /** Namespaces that this walk keeps its hands off. */
  readonly leaves?: ReadonlySet<string>
}

/** The marks of the file's secrets, for all who read them. */
export const digestsOf = ({ cluster, secrets, deployables, sources }: Dependencies): SecretDigests =>
  makeSecretDigests({
    sources: secrets?.sources ?? [],
    kube: (ctx: Context) => cluster.kube(ctx),
    rendered: () => deployables.flatMap((one) => secretsIn(one, sources.get(one.id))),
  })

/** A step for each secret of the file. Making them starts nothing. */
export const secretSteps = (
  dependencies: Dependencies,
  digests: SecretDigests,
  wanted: SecretUndoDeps['wanted'],
): readonly Step[] => {
  const { cluster, secrets, deployables, sources, leaves } = dependencies
  if (!secrets) return []
  for (const { objects = [], exposed } of sources.values())
    secrets.hidden.except([...objects.map(({ object }) => object), ...exposed].map(({ metadata }) => metadata.name))
  // What services write themselves is no less secret.
  for (const one of deployables)
    for (const { object } of secretsIn(one, sources.get(one.id))) secrets.hidden.add(renderedData(object))
  const needs = copyNeeds(
    secrets.sources,
    deployables.map((deployable) => ({
      deployable,
      needs: sources.get(deployable.id)?.needs ?? [],
      secrets: secretsIn(deployable, sources.get(deployable.id)).map(
        ({ object: { metadata } }) => `${metadata.namespace}/${metadata.name}`,
      ),
    })),
  )
  return secrets.sources.map((source) => {
    const head = secretHead(source, { needs: needs.get(source.secret.key) ?? [], leaves })
    return lazyStep(head, async () => {
      const { secretStep } = await import('./step.ts')
      return secretStep(source, head, {
        cluster,
        digests,
        wanted,
        hidden: secrets.hidden,
        adopter: (namespace) => adopterOf(namespace, deployables, sources),
        ...(leaves ? { leaves } : {}),
      })
    })
  })
}

/** The Secrets that something renders, each with its namespace. */
const secretsIn = ({ namespace }: Deployable, rendered: Rendered | undefined): readonly RenderedObject[] =>
  (rendered?.objects ?? []).flatMap(({ object, at }) =>
    object.kind === 'Secret' && object.apiVersion === 'v1'
      ? [{ object: { ...object, metadata: { namespace, ...object.metadata } }, at }]
      : [],
  )

const adopterOf = (
  namespace: string,
  deployables: readonly Deployable[],
  sources: ReadonlyMap<string, Rendered>,
): string | undefined => {
  const found = deployables.find(
    (one) =>
      one.namespace === namespace &&
      (sources.get(one.id)?.objects ?? []).some(
        ({ object }) => object.kind === 'Namespace' && object.metadata.name === namespace,
      ),
  )
  return found && releaseOf(found)?.release
}
