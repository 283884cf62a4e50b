import type { KubeObject } from '../../cluster/kube/kube.ts'
import { refOf } from '../../cluster/kube/ref.ts'
import type { RecordedWork } from '../../cluster/inventory/recorded-step.ts'
import { hashOf } from '../../core/fingerprint.ts'
import type { StepHead } from '../../core/lazy-step.ts'
import { accessObjects } from '../../gitops/argocd/access.ts'
import { labels, stepLabel } from '../../manifests/transform/step-label.ts'
import { both, nothing, readUndo, without, type Undo } from '../remove/undo.ts'
import { removeObjects, removeDeployed, type UndoDeps } from '../remove/remove.ts'
import { applyObjects } from './apply.ts'
import { probeDeployed } from './probe.ts'

/** Lets Argo CD read the local registry. */
export const gitopsWork = (
  head: StepHead,
  { home, port }: { readonly home: string; readonly port: number },
  deps: UndoDeps,
): RecordedWork => {
  const { cluster } = deps
  const { id } = head
  const objects = accessObjects(home, port).map((object): KubeObject => ({
    ...object,
    metadata: {
      ...object.metadata,
      labels: {
        ...object.metadata.labels,
        [labels.cluster]: cluster.config.name,
        [labels.step]: stepLabel(id),
      },
    },
  }))
  const now: Undo = { ...nothing, objects: objects.map(refOf) }
  return {
    ...head,
    kind: 'objects',
    fingerprint: () => Promise.resolve({ objects: hashOf(objects) }),
    undo: (_ctx, previous) => Promise.resolve(previous ? both(readUndo(previous.undo), now) : now),
    up: async (ctx, previous) => {
      const kube = await cluster.kube(ctx)
      await applyObjects(kube, objects, home, ctx)
      if (previous) await removeObjects(kube, id, without(readUndo(previous.undo), now).objects, ctx)
    },
    down: (ctx, previous) => removeDeployed(id, previous ? readUndo(previous.undo) : now, deps, ctx),
    probe: async (ctx) =>
      probeDeployed(await cluster.kube(ctx), {
        id,
        namespace: home,
        objects,
        release: undefined,
        apiServices: [],
      }),
  }
}
