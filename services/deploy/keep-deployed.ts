import type { Kube } from '../../cluster/kube/kube.ts'
import type { Fingerprint } from '../../core/fingerprint.ts'
import { releaseOf, type Deployable } from '../../manifests/deployable.ts'
import type { Ready } from './late-render.ts'
import type { Undo } from '../remove/undo.ts'
import { revisionsOf } from '../helm/release.ts'
import type { ImageRule } from '../../manifests/transform/rules.ts'
import { keepRender } from './kept-render.ts'

type Deployed = {
  readonly deployable: Deployable
  readonly rendered: Ready['rendered']
  readonly undo: Undo
  readonly fingerprint: Fingerprint
  readonly images: readonly ImageRule[]
}

/** Keeps what was deployed just now and is ready, so that `rollback` can come back to it. */
export const keepDeployed = async (
  { deployable, rendered, undo, fingerprint, images }: Deployed,
  kube: Kube,
): Promise<void> => {
  const { id, title, namespace, delivery, apiServices, needs, smoke = [] } = deployable
  const objects = [...rendered.objects.map(({ object }) => object), ...rendered.exposed]
  const runs = new Set(rendered.images)
  const name = releaseOf(deployable)
  const revision = name && (await revisionsOf(kube, name)).at(-1)?.revision
  await keepRender(kube, id, {
    at: new Date().toISOString(),
    title,
    needs: [...new Set(['cluster/api', ...rendered.needs, ...needs])],
    namespace,
    objects,
    exposed: rendered.exposed,
    ...(name && revision !== undefined ? { release: { release: name.release, revision } } : {}),
    ...(delivery ? { delivery } : {}),
    apiServices,
    images: images.filter(({ ref }) => runs.has(ref)).map(({ ref, inputs }) => ({ ref, inputs })),
    smoke,
    hosts: rendered.hosts,
    fingerprint,
    undo,
  })
}
