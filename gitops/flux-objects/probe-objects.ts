import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { refOf, showRef } from '../../cluster/kube/ref.ts'
import { readyNow } from '../../cluster/ready/ready-now.ts'
import { isDeepStrictEqual } from 'node:util'
import { textAt, valueAt } from '../../core/fields.ts'
import type { Status } from '../../core/step.ts'
import { asSentence } from '../../core/wait.ts'
import { addressOf } from '../delivery.ts'
import type { Handed } from '../deployer.ts'
import { driftedAmong, isLeftAlone } from '../flux/drift.ts'
import { requestAnnotation, sourceRef } from '../flux/objects.ts'
import { asked } from './deliver-objects.ts'
import { broughtBy } from './await-brought.ts'
import { closureOf, type Closure } from '../flux/closure.ts'
import { isOwnSource, readsTree, keyOf } from '../flux/kinds.ts'
import { heldBy } from './offer-tree.ts'
import { isSuspendedByHand } from './suspended-by-hand.ts'
import { verdictOfObject } from './verdict-of-object.ts'
import { inParallel } from '../../core/in-parallel.ts'
import { hasTakenFields } from './taken-fields.ts'

/** How a service stands that is made of the user's own objects of Flux: they lead to the working tree, are done, and what they brought is ready. */
export const probeObjects = async (kube: Kube, handed: Handed): Promise<Status> => {
  const { delivery, objects = [], namespace } = handed
  const { worktree } = delivery.objects ?? {}
  const source = worktree && (await kube.get(sourceRef(delivery)))
  if (worktree && textAt(source, 'spec', 'url') !== addressOf(delivery))
    return broken(`${showRef(sourceRef(delivery))} is gone: nothing leads to the working tree`)
  const held = heldBy(source)
  for (const object of objects) {
    if (!worktree || !isOwnSource(object, worktree)) continue
    const live = await kube.get(refOf(object))
    if (valueAt(live, 'spec', 'suspend') !== true || !isDeepStrictEqual(heldBy(live), held))
      return broken(`${showRef(refOf(object))} does not lead to the working tree any more`)
  }
  const asApplied = await Promise.all(
    objects.map(async (object) => {
      const live = await kube.get(refOf(object))
      return asked(object, textAt(live, 'metadata', 'annotations', requestAnnotation) ?? '')
    }),
  )
  const differing = await driftedAmong(kube, asApplied)
  const [drifted] = differing
  if (drifted)
    return broken(
      `${showRef(refOf(drifted))}${differing.length > 1 ? ` and ${differing.length - 1} more` : ''} ${differing.length > 1 ? 'differ' : 'differs'} from the files, and stays so: \`kindup up\` changes it back`,
    )
  const closure = await closureOf(kube, objects)
  const changed = await changedByOthers(kube, handed, closure)
  if (changed !== undefined) return broken(changed)
  for (const [key, object] of closure) {
    if (object && isSuspendedByHand(object))
      return broken(`${key} is suspended, and Flux leaves it as it is: \`kindup up\` has it go on`)
    const isOfTree = object !== undefined && worktree !== undefined && readsTree(object, objects, worktree)
    const verdict = verdictOfObject(object, isOfTree ? { revision: textAt(held, 'revision') } : {})
    if (verdict.is !== 'done') return broken(asSentence(`${key}: ${verdict.why}`))
  }
  return readyNow(kube, { objects: await broughtBy(kube, objects), namespace })
}

const broken = (why: string): Status => ({ state: 'broken', why })

const label = (key: string) => ['metadata', 'labels', `kustomize.toolkit.fluxcd.io/${key}`] as const

/** How many differing objects are named. */
const most = 5

/** What somebody else changed of that which Kustomizations brought, and whether Flux changes it back; undefined where nobody did. */
const changedByOthers = async (
  kube: Kube,
  { brought = [], scaled }: Handed,
  closure: Closure,
): Promise<string | undefined> => {
  if (brought.length === 0) return undefined
  const held = await scaled()
  const found = await inParallel(brought, 8, async (written): Promise<readonly [KubeObject, string][]> => {
    const live = await kube.get(refOf(written))
    const by = closure.get(
      keyOf('Kustomization', textAt(live, ...label('namespace')) ?? '', textAt(live, ...label('name')) ?? ''),
    )
    if (!live || !by || isLeftAlone(live)) return []
    const isScaled = held.some((one) => showRef(one) === showRef(refOf(live)))
    if (!hasTakenFields(written, live, isScaled ? ['spec.replicas'] : [])) return []
    const then =
      valueAt(by, 'spec', 'suspend') === true
        ? `leaves it so: Kustomization ${by.metadata.name} is suspended`
        : `changes that back by itself (every ${textAt(by, 'spec', 'interval')})`
    return [[live, then]]
  })
  const [first] = found.flat()
  if (!first) return undefined
  const alike = found.flat().filter(([, then]) => then === first[1])
  const names = alike.slice(0, most).map(([object]) => showRef(refOf(object)))
  const more = alike.length > most ? ` and ${alike.length - most} more` : ''
  return `${names.join(', ')}${more} ${alike.length > 1 ? 'differ' : 'differs'} from the files, and Flux ${first[1]}`
}
