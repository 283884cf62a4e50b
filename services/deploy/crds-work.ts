import type { RecordedWork } from '../../cluster/inventory/recorded-step.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import { ConfigError } from '../../core/errors.ts'
import type { StepHead } from '../../core/lazy-step.ts'
import { crdsId } from '../../manifests/source/crds.ts'
import { readDefinitions } from '../../manifests/source/definitions.ts'
import type { Rendered } from '../../manifests/source/rendered.ts'
import { transform } from '../../manifests/transform/transform.ts'
import { applyObjects } from './apply.ts'
import { probeDeployed } from './probe.ts'
import { both, nothing, readUndo, without, type Undo } from '../remove/undo.ts'
import { removeObjects, removeDeployed } from '../remove/remove.ts'
import type { WorkDeps } from './work.ts'

/** The definitions that the file names, applied and Established before anything is made of them. */
export const crdsWork = (known: Rendered, head: StepHead, deps: WorkDeps): RecordedWork => {
  const { cluster } = deps
  const { config } = cluster
  const documents = known.objects ?? []
  const now: Undo = { ...nothing, objects: documents.map(({ object }) => refOf(object)), customKinds: known.defines }
  const objects = async (): Promise<readonly KubeObject[]> => {
    const found = await readDefinitions(config.crds, false)
    const errors = found.problems.filter(({ severity }) => severity === 'error')
    if (errors.length > 0) throw new ConfigError('The definitions cannot be read.', { problems: errors })
    const rules = { cluster: config.name, step: crdsId, images: [], skip: [] }
    return transform(
      found.documents.map(({ object }) => object),
      rules,
    )
  }
  return {
    ...head,
    kind: 'objects',
    fingerprint: () => Promise.resolve(known.fingerprint),
    mayBegin: async (ctx, previous) => {
      if (config.cluster.context === undefined) return
      const { takenByOthers } = await import('./taken.ts')
      const places = new Map(documents.map(({ object, at }) => [object, at]))
      const refusal = await takenByOthers(await cluster.kube(ctx), {
        name: config.name,
        namespace: 'default',
        objects: documents.map(({ object }) => object),
        release: undefined,
        before: previous && readUndo(previous.undo),
        placeOf: (object) => places.get(object),
      })
      if (refusal) throw refusal
    },
    undo: (_ctx, previous) => Promise.resolve(previous ? both(readUndo(previous.undo), now) : now),
    up: async (ctx, previous) => {
      const kube = await cluster.kube(ctx)
      await applyObjects(kube, await objects(), 'default', ctx)
      if (previous) await removeObjects(kube, crdsId, without(readUndo(previous.undo), now).objects, ctx)
    },
    down: (ctx, previous) => removeDeployed(crdsId, previous ? readUndo(previous.undo) : now, deps, ctx),
    probe: async (ctx) =>
      probeDeployed(await cluster.kube(ctx), {
        id: crdsId,
        namespace: 'default',
        objects: documents.map(({ object }) => object),
        release: undefined,
        apiServices: [],
      }),
  }
}
