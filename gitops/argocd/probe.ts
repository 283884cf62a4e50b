import type { Kube } from '../../cluster/kube/kube.ts'
import { textAt } from '../../core/fields.ts'
import type { Status } from '../../core/step.ts'
import { asSentence } from '../../core/wait.ts'
import { addressOf, type Delivery } from '../delivery.ts'
import { showNamed } from '../named.ts'
import { applicationRef, pauseAnnotation } from './application.ts'
import { stateOf } from './state.ts'

/** How many differing objects are named. */
const most = 5

/** How an Application stands: it is there, reads what kindup handed over, and nothing differs from that. */
export const probeSynced = async (kube: Kube, delivery: Delivery): Promise<Status> => {
  const application = await kube.get(applicationRef(delivery))
  if (!application) return broken(`Application ${delivery.home}/${delivery.name} is gone`)
  if (application.metadata.deletionTimestamp !== undefined)
    return broken(`Application ${delivery.home}/${delivery.name} is being deleted`)
  const address = delivery.remote?.url ?? addressOf(delivery)
  if (textAt(application, 'spec', 'source', 'repoURL') !== address)
    return broken(`Application ${delivery.home}/${delivery.name} deploys something else now`)
  if (application.metadata.annotations?.[pauseAnnotation] === 'true')
    return broken('Argo CD is paused for it: a run that was broken off paused it')
  const { sync, revision, differing, conditions, selfHeals } = stateOf(application)
  const wanted = textAt(application, 'spec', 'source', 'targetRevision')
  // What a branch leads to, Argo CD knows alone.
  if (sync === 'Synced' && (delivery.remote !== undefined || revision === wanted)) return { state: 'ready' }
  if (sync === 'Synced') return broken('Argo CD has not synced what was handed to it last')
  if (differing.length > 0) {
    const more = differing.length > most ? ` and ${differing.length - most} more` : ''
    const names = differing.slice(0, most).map(showNamed).join(', ')
    const verb = differing.length > 1 ? 'differ' : 'differs'
    return broken(
      `${names}${more} ${verb} from the source, and Argo CD ${selfHeals ? 'changes that back by itself (self-heal)' : 'leaves it so: self-heal is off'}`,
    )
  }
  const [trouble] = conditions
  return broken(
    trouble
      ? asSentence(`Argo CD says ${sync || 'nothing'}: ${trouble.message}`)
      : `Argo CD says ${sync || 'nothing yet'}`,
  )
}

const broken = (why: string): Status => ({ state: 'broken', why })
