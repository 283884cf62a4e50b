import type { Kube, KubeObject, Ref } from '../cluster/kube/kube.ts'
import type { Place } from '../core/problem.ts'
import type { Context, Status } from '../core/step.ts'
import type { Delivery } from './delivery.ts'
import type { Manager } from './hand-over.ts'
import type { Named } from './named.ts'

/** What a GitOps controller is to deploy. */
export type Parcel = {
  readonly delivery: Delivery
  readonly objects: readonly KubeObject[]
  /** Of objects that name none. */
  readonly namespace: string
  /** Of what has the controller deploy it. */
  readonly labels: Readonly<Record<string, string>>
  /** Whose number of replicas an autoscaler holds. */
  readonly scaled: readonly Ref[]
  /** Objects of it are of kinds that definitions make. */
  readonly hasCustomKinds?: boolean
  /** Where the text of an object stands. */
  readonly placeOf: (named: Named) => Place | undefined
  /** Told once something of it is applied. */
  readonly onBegun?: () => void
}

/** What was handed over, as far as it is known now. */
export type Handed = {
  readonly delivery: Delivery
  /** Undefined where nobody can render them now. */
  readonly objects: readonly KubeObject[] | undefined
  readonly namespace: string
  /** What objects of Flux among them deploy, as far as the files tell. */
  readonly brought?: readonly KubeObject[]
  /** Whose number of replicas an autoscaler holds: asked of the cluster. */
  readonly scaled: () => Promise<readonly Ref[]>
}

/** A GitOps controller as kindup works with it. */
export type Deployer = {
  /** `Argo CD` */
  readonly title: string
  /** The field manager of what it applies. */
  readonly manager: Manager
  /** Whether it runs hooks of helm charts itself. */
  readonly runsHooks: boolean
  /** The objects that have it deploy this, in the order in which they are taken away; `objects` are what is handed to it. */
  readonly refs: (delivery: Delivery, objects: readonly KubeObject[]) => readonly Ref[]
  /** Hands objects over, and returns once they are applied. Throws `sync-failed` in the controller's words, with places. */
  readonly deliver: (kube: Kube, parcel: Parcel, ctx: Context) => Promise<void>
  /** Waits until it calls what kindup has seen ready healthy, and warns where it does not. */
  readonly awaitHealth: (kube: Kube, delivery: Delivery, ctx: Context, objects: readonly KubeObject[]) => Promise<void>
  /** The workloads that it has made so far of what nobody here has rendered. Left out where all of it was. */
  readonly made?: (kube: Kube, objects: readonly KubeObject[]) => Promise<readonly KubeObject[]>
  /** How what was handed over stands: it is read, and nothing differs from it. */
  readonly probe: (kube: Kube, handed: Handed) => Promise<Status>
  /** Keeps it from changing anything back while something is done beside it. Whether there is such an object. */
  readonly pause: (kube: Kube, ref: Ref) => Promise<boolean>
  /** Ends a pause: a paused controller would not take away what it deployed. */
  readonly goOn: (kube: Kube, ref: Ref) => Promise<void>
  /** Its objects that such an object brings in turn: they go with it. */
  readonly brought: (kube: Kube, ref: Ref) => Promise<readonly Ref[]>
  /** What such an object has deployed and would take away when it goes, by its own status. */
  readonly deployed: (object: KubeObject) => readonly Ref[]
  /** Whether a live object carries the mark of such an object: it is deployed by that, and by no other. */
  readonly isOf: (live: KubeObject, ref: Ref) => boolean
  /** The change that takes those marks off: the controller lets go of the object, and leaves it as it is. */
  readonly unmarked: object
  /** Whether the controller is told to leave a live object when what deployed it goes. */
  readonly keeps: (live: KubeObject) => boolean
  /** Takes its objects away and leaves what they deployed: it goes on running, and belongs to nobody. What is not there is no error. */
  readonly detach: (kube: Kube, refs: readonly Ref[], ctx: Context) => Promise<void>
  /** What is wrong with the controller itself, in words; undefined where it runs. */
  readonly trouble: (kube: Kube, home: string) => Promise<string | undefined>
}
