import { randomUUID } from 'node:crypto'
import type { Kube } from '../../cluster/kube/kube.ts'
import { fieldsAt, textAt, type Fields } from '../../core/fields.ts'
import type { Context } from '../../core/step.ts'
import { push } from '../artifact/push.ts'
import type { Parcel } from '../deployer.ts'
import { sourceOf, sourceRef } from '../flux/objects.ts'
import { awaitSource } from '../flux/sync.ts'
import { refuseForeign } from '../refuse-foreign.ts'
import { packTree } from '../tree/pack-tree.ts'
import type { OwnTree } from '../tree/tree-files.ts'
import { filesOfThen } from './files-of-then.ts'
import { withServedVersions } from './served-version.ts'

/** What a source of Flux holds, as its status has it. */
export type Held = Fields

/**
 * Has Flux hold the working tree, or an earlier state of it, by an OCIRepository of the local registry. Answers the artifact in
 * its status, which everything in the cluster can read.
 */
export const offerTree = async (kube: Kube, parcel: Parcel, tree: OwnTree, ctx: Context): Promise<Held> => {
  const { delivery, labels } = parcel
  await refuseForeign(kube, [sourceRef(delivery)], parcel)
  const registry = { port: delivery.port, signal: ctx.signal }
  const digest = (await filesOfThen(delivery, ctx.signal)) ?? (await pushed(parcel, tree, ctx))
  const request = randomUUID()
  ctx.report('having Flux read it')
  await kube.apply(sourceOf(digest, { delivery, labels, request }))
  await awaitSource(kube, { parcel, digest, request }, ctx)
  return heldBy(await kube.get(sourceRef(delivery))) ?? {}

  async function pushed({ delivery: { repository } }: Parcel, of: OwnTree, within: Context): Promise<string> {
    within.report('packing the working tree')
    const { artifact, warnings } = packTree(of, withServedVersions)
    for (const warning of warnings) within.warn(warning)
    within.report('pushing it to the local registry')
    await push(repository, artifact, registry)
    return artifact.digest
  }
}

/** What a source holds just now. */
export const heldBy = (source: unknown): Held | undefined => {
  const artifact = fieldsAt(source, 'status', 'artifact')
  return textAt(artifact, 'revision') === undefined ? undefined : artifact
}
