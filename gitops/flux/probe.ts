import type { Kube } from '../../cluster/kube/kube.ts'
import { refOf, showRef } from '../../cluster/kube/ref.ts'
import { textAt } from '../../core/fields.ts'
import type { Status } from '../../core/step.ts'
import { asSentence } from '../../core/wait.ts'
import { addressOf } from '../delivery.ts'
import type { Handed } from '../deployer.ts'
import { driftedAmong } from './drift.ts'
import { forFlux } from './for-flux.ts'
import { interval, kustomizationRef, sourceKind, sourceRef } from './objects.ts'
import { namespacedAmong } from './scopes.ts'
import { stateOf } from './state.ts'

/** How many differing objects are named. */
const most = 5

/** How a service stands that Flux deploys: its objects of Flux are there, have applied what was handed over, and nothing differs from that. */
export const probeApplied = async (kube: Kube, handed: Handed): Promise<Status> => {
  const { delivery } = handed
  const refs = [kustomizationRef(delivery), sourceRef(delivery)] as const
  const [kustomization, source] = await Promise.all([kube.get(refs[0]), kube.get(refs[1])])
  if (!kustomization || !source) return broken(`${showRef(kustomization ? refs[1] : refs[0])} is gone`)
  for (const one of [kustomization, source])
    if (one.metadata.deletionTimestamp !== undefined) return broken(`${showRef(refOf(one))} is being deleted`)
  const isOurs =
    textAt(source, 'spec', 'url') === addressOf(delivery) &&
    textAt(kustomization, 'spec', 'sourceRef', 'kind') === sourceKind.kind &&
    textAt(kustomization, 'spec', 'sourceRef', 'name') === delivery.name
  if (!isOurs) return broken(`${showRef(refs[0])} deploys something else now`)
  const { ready, stalled, digest: applied, isSuspended } = stateOf(kustomization)
  const differing = await differingOf(kube, handed)
  if (differing.length > 0) {
    const more = differing.length > most ? ` and ${differing.length - most} more` : ''
    const then = isSuspended ? 'leaves it so: it is suspended' : `changes that back by itself (every ${interval})`
    return broken(
      `${differing.slice(0, most).join(', ')}${more} ${differing.length > 1 ? 'differ' : 'differs'} from the source, and Flux ${then}`,
    )
  }
  if (isSuspended) return broken(`Flux is suspended for it: \`kindup up\` has it go on`)
  if (ready?.status === 'False' || stalled !== undefined)
    return broken(asSentence(`Flux says ${ready?.reason ?? ''}: ${stalled ?? ready?.message ?? ''}`))
  return applied === textAt(source, 'spec', 'ref', 'digest')
    ? { state: 'ready' }
    : broken('Flux has not applied what was handed to it last')
}

const differingOf = async (kube: Kube, { objects, namespace, scaled }: Handed): Promise<readonly string[]> => {
  if (!objects) return []
  const [isNamespaced, held] = await Promise.all([namespacedAmong(kube, objects), scaled()])
  const drifted = await driftedAmong(kube, forFlux(objects, { namespace, scaled: held, isNamespaced }))
  return drifted.map((object) => showRef(refOf(object)))
}

const broken = (why: string): Status => ({ state: 'broken', why })
