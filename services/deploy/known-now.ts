import type { Cluster } from '../../cluster/cluster.ts'
import type { Context } from '../../core/step.ts'
import { askedEachTime } from '../../manifests/transform/held.ts'
import type { Rules } from '../../manifests/transform/rules.ts'
import { withLate } from '../../manifests/transform/transform.ts'
import type { SecretDigests } from '../secrets/digests.ts'
import { isElsewhere } from './engine-command.ts'
import type { Ready } from './late-render.ts'
import { objectsOf } from './rendered-objects.ts'

/** The rules of a deploy with what is known only at it: the digests of its secrets, which are there by now, and what the engine holds. */
export const rulesKnownNow = async (
  rendered: Ready['rendered'],
  plain: Rules,
  { digests, cluster }: { readonly digests: SecretDigests; readonly cluster: Cluster },
  ctx: Context,
): Promise<Rules> => {
  const stamped = await digests.stamped(plain.secrets ?? [], rendered.secrets ?? [], ctx)
  const held = await heldOf(askedEachTime(objectsOf(rendered)), cluster)
  return { ...plain, ...(stamped.length > 0 ? { secrets: stamped } : {}), ...(held.length > 0 ? { held } : {}) }
}

/** Those of the references that the engine holds, and so puts into the nodes. */
const heldOf = async (refs: readonly string[], cluster: Cluster): Promise<readonly string[]> => {
  if (refs.length === 0 || isElsewhere(cluster)) return []
  const engine = await cluster.engine()
  const found = await Promise.all(refs.map(async (ref) => ((await engine.image(ref)) ? [ref] : [])))
  return found.flat()
}

/** What was rendered, with such rules carried out. */
export const withRules = (made: Ready, rules: Rules): Ready => {
  const objects = made.rendered.objects.map((document) => {
    const [object = document.object] = withLate([document.object], rules)
    return { ...document, object }
  })
  return { ...made, rendered: { ...made.rendered, objects } }
}
