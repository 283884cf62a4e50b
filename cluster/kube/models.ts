import type {
  CoreV1Event,
  DiscoveryV1EndpointPort,
  V1ContainerStatus,
  V1DaemonSetStatus,
  V1DeploymentSpec,
  V1DeploymentStatus,
  V1Endpoint,
  V1LeaseSpec,
  V1NodeCondition,
  V1NodeSpec,
  V1NodeStatus,
  V1ObjectMeta,
  V1PodSpec,
  V1PodStatus,
  V1ServiceSpec,
  V1StatefulSetSpec,
  V1StatefulSetStatus,
} from '@kubernetes/client-node'

/** A model of client-node as the API sends it: times are text, and nobody changes it in place. */
type Sent<Model> = Model extends Date
  ? string
  : Model extends readonly (infer Item)[]
    ? readonly Sent<Item>[]
    : Model extends object
      ? { readonly [Key in keyof Model]: Sent<Model[Key]> }
      : Model

type Metadata = Sent<V1ObjectMeta> & { readonly name: string }

/** Any Kubernetes object, as JSON. */
export type KubeObject = {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Metadata
  readonly [key: string]: unknown
}

export type Pod = KubeObject & { readonly spec?: Sent<V1PodSpec>; readonly status?: Sent<V1PodStatus> }
export type ContainerStatus = Sent<V1ContainerStatus>
export type PodEvent = KubeObject & Partial<Omit<Sent<CoreV1Event>, 'metadata'>>
/** Of any object: those of pods, workloads and namespaces are made like those of nodes. */
export type Condition = Sent<V1NodeCondition>
export type Node = KubeObject & { readonly spec?: Sent<V1NodeSpec>; readonly status?: Sent<V1NodeStatus> }
export type LeaseSpec = Sent<V1LeaseSpec>
export type ServiceSpec = Sent<V1ServiceSpec>
/** Null, where the API leaves others out. */
export type EndpointSlice = KubeObject & {
  readonly endpoints?: Sent<V1Endpoint[]> | null
  readonly ports?: Sent<DiscoveryV1EndpointPort[]> | null
}
/** Of a Deployment or a StatefulSet, as far as it is set. */
export type WorkloadSpec = Partial<Sent<V1DeploymentSpec & V1StatefulSetSpec>>
/** Of a Deployment, StatefulSet or DaemonSet, as far as it is set. */
export type WorkloadStatus = Partial<Sent<V1DeploymentStatus & V1StatefulSetStatus & V1DaemonSetStatus>>
