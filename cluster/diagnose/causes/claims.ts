import { mapsAt, textAt, textListAt } from '../../../core/fields.ts'
import type { KubeObject } from '../../kube/kube.ts'
import { eventsOf, ofKind, type Evidence } from '../evidence.ts'
import { aboutObject, type Finding } from '../finding.ts'

/** The class that claims get that name none. */
const isDefaultClass = ({ metadata }: KubeObject): boolean =>
  metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true'

/** Claims that get no volume. */
export const claimCauses = (evidence: Evidence): readonly Finding[] =>
  ofKind(evidence, 'PersistentVolumeClaim')
    .filter((claim) => textAt(claim, 'status', 'phase') !== 'Bound')
    .flatMap((claim) => {
      const why = whyUnbound(claim, evidence)
      if (!why) return []
      const events = eventsOf(evidence, claim)
      return [
        {
          ...aboutObject(claim),
          ...why,
          evidence: events.slice(-1).map(({ reason = '', message = '' }) => `${reason}: ${message.slice(0, 300)}`),
          depth: 'need' as const,
        },
      ]
    })

const whyUnbound = (claim: KubeObject, evidence: Evidence): Pick<Finding, 'cause' | 'hints'> | undefined => {
  const classes = ofKind(evidence, 'StorageClass')
  const wanted = textAt(claim, 'spec', 'storageClassName')
  const names = classes.map(({ metadata }) => metadata.name)
  const choices = names.length === 0 ? 'there is none' : `there ${names.length > 1 ? 'are' : 'is'} ${names.join(', ')}`
  if (textAt(claim, 'status', 'phase') === 'Lost')
    return {
      cause: 'its PersistentVolume is gone',
      hints: ['What it held is lost: delete the claim and make it again.'],
    }
  if (wanted === undefined && !classes.some(isDefaultClass))
    return {
      cause: 'it names no storage class, and none is the default',
      hints: [`Name one in \`storageClassName\`: ${choices}.`],
    }
  if (wanted === '')
    return {
      cause:
        'it wants a PersistentVolume that somebody made by hand (storageClassName: ""), and no PersistentVolume fits',
      hints: [`Leave \`storageClassName\` away, or name a class: ${choices}.`],
    }
  if (wanted !== undefined && !names.includes(wanted))
    return {
      cause: `there is no storage class ${wanted}`,
      hints: [`Another one in \`storageClassName\`: ${choices}.`],
    }
  const many = textListAt(claim, 'spec', 'accessModes').find(
    (mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany',
  )
  const failed = eventsOf(evidence, claim).findLast(({ reason }) => reason === 'ProvisioningFailed')
  if (many !== undefined && failed)
    return {
      cause: `its class gives no volume for ${many}`,
      hints: ['The storage of kind is a folder of one node: `accessModes: [ReadWriteOnce]`.'],
    }
  if (failed) return { cause: `no volume can be made for it: ${failed.message?.trim().slice(0, 200) ?? ''}`, hints: [] }
  // It waits for its first pod, and whatever keeps that from being scheduled is told of the pod.
  return undefined
}

/** The names of the claims that a pod or a template of pods mounts. */
export const claimsOf = (spec: unknown): readonly string[] =>
  mapsAt(spec, 'volumes').flatMap((volume) => textAt(volume, 'persistentVolumeClaim', 'claimName') ?? [])
