import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { refOf, showRef } from '../../cluster/kube/ref.ts'
import { inParallel } from '../../core/in-parallel.ts'
import { textAt, valueAt } from '../../core/fields.ts'
import { isLeftAlone } from '../flux/drift.ts'
import type { Handed } from '../deployer.ts'
import type { Closure } from '../flux/closure.ts'
import { keyOf } from '../flux/kinds.ts'
import { hasTakenFields } from './taken-fields.ts'

const label = (key: string) => ['metadata', 'labels', `kustomize.toolkit.fluxcd.io/${key}`] as const

/** How many differing objects are named. */
const most = 5

/** What somebody else changed of that which Kustomizations brought, and whether Flux changes it back; undefined where nobody did. */
export const changedByOthers = async (
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
