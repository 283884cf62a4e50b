import { mapsAt, textAt } from '../../core/fields.ts'
import type { KubeObject } from '../kube/kube.ts'

/** Who runs a cluster that was there before. */
export type Provider = {
  /** `kind`, `k3d`, `EKS`; `Kubernetes` where nothing tells. */
  readonly name: string
  /** It runs on this machine, for this user. */
  readonly isLocal: boolean
  /** Somebody rents it out: more than this user may depend on it. */
  readonly isCloud: boolean
  /** Services of type LoadBalancer get addresses. */
  readonly givesAddresses: boolean
}

type Kind = Pick<Provider, 'isCloud' | 'givesAddresses'> & {
  /** What `spec.providerID` of its nodes begins with. */
  readonly id?: RegExp
  /** A label that its nodes have. */
  readonly label?: RegExp
  /** Names of its nodes. */
  readonly node?: RegExp
  /** What its tool calls contexts, and where its API servers are: believed only where no node can be asked. */
  readonly context: RegExp
  readonly host?: RegExp
}

const local = { isCloud: false, givesAddresses: true }
const bare = { isCloud: false, givesAddresses: false }
const cloud = { isCloud: true, givesAddresses: true }

/** In this order: k3d's nodes are k3s too. */
const kinds: Readonly<Record<string, Kind>> = {
  EKS: {
    ...cloud,
    id: /^aws:/,
    label: /^eks\.amazonaws\.com\//,
    context: /^arn:aws|[./@]eks\./,
    host: /\.eks\.amazonaws\.com/,
  },
  GKE: { ...cloud, id: /^gce:/, label: /^cloud\.google\.com\/gke-/, context: /^gke_/ },
  AKS: { ...cloud, id: /^azure:/, label: /^kubernetes\.azure\.com\//, context: /^aks-/, host: /\.azmk8s\.io$/ },
  DOKS: {
    ...cloud,
    id: /^digitalocean:/,
    label: /^doks\.digitalocean\.com\//,
    context: /^do-[a-z]{3}\d-/,
    host: /\.ondigitalocean\.com$/,
  },
  LKE: { ...cloud, id: /^linode:/, label: /^lke\.linode\.com\//, context: /^lke\d+/, host: /\.linodelke\.net$/ },
  OKE: { ...cloud, id: /^ocid1\./, context: /^oke-/, host: /\.oraclecloud\.com$/ },
  IKS: { ...cloud, id: /^ibm:/, label: /^ibm-cloud\.kubernetes\.io\//, context: /\.containers\.cloud\.ibm\.com/ },
  ACK: { ...cloud, label: /^alibabacloud\.com\//, context: /^ack-/, host: /\.aliyuncs\.com$/ },
  Scaleway: {
    ...cloud,
    id: /^scaleway:/,
    label: /^k8s\.scaleway\.com\//,
    context: /^admin@k8s-/,
    host: /\.scw\.cloud$/,
  },
  Hetzner: { ...cloud, id: /^hcloud:/, context: /^hcloud/ },
  OpenStack: { ...cloud, id: /^openstack:/, context: /^openstack/ },
  Civo: { ...cloud, id: /^civo:/, context: /^civo-/, host: /\.civo\.com$/ },
  vSphere: { ...cloud, givesAddresses: false, id: /^vsphere:/, context: /^vsphere/ },
  OpenShift: { ...cloud, givesAddresses: false, label: /^node\.openshift\.io\//, context: /\/api-[^/]+:6443\// },
  kind: { ...bare, id: /^kind:/, context: /^kind-/ },
  k3d: { ...local, id: /^k3s:\/\/k3d-/, context: /^k3d-/ },
  minikube: { ...bare, label: /^minikube\.k8s\.io\//, context: /^minikube$/ },
  'docker-desktop': {
    ...local,
    node: /^(?:docker-desktop|desktop-(?:control-plane|worker\d*))$/,
    context: /^docker-desktop$/,
  },
  'rancher-desktop': { ...local, node: /^lima-(?:\d+|rancher-desktop)$/, context: /^rancher-desktop$/ },
  orbstack: { ...local, node: /^orbstack$/, context: /^orbstack$/ },
  colima: { ...local, node: /^colima(?:-.*)?$/, context: /^colima(?:-|$)/ },
  microk8s: { ...bare, label: /^microk8s\.io\//, context: /^microk8s/ },
  k3s: { ...local, id: /^k3s:/, context: /^k3s/ },
}

const runHere = new Set([
  'kind',
  'k3d',
  'minikube',
  'docker-desktop',
  'rancher-desktop',
  'orbstack',
  'colima',
  'microk8s',
])

/** Addresses that only this machine, or a network of its own, answers by. */
const nearHost =
  /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+|(?:kubernetes|host)\.docker\.internal|[^.]+\.orb\.local|control-plane\.minikube\.internal)$/

/** Tells who runs a cluster: its nodes do, whatever the context is called; without nodes, names and addresses. */
export const providerOf = ({
  context,
  server,
  nodes,
}: {
  readonly context: string
  readonly server: URL
  readonly nodes: readonly KubeObject[]
}): Provider => {
  const byNodes = Object.entries(kinds).find(([, kind]) => nodes.some((node) => isOf(node, kind)))
  // Nodes of a cloud that nobody here knows name it in their ids all the same.
  const other = nodes.flatMap(
    (node) => /^([a-z][a-z0-9-]*):\/\//.exec(textAt(node, 'spec', 'providerID') ?? '')?.[1] ?? [],
  )[0]
  if (!byNodes && other !== undefined) return { name: other, isLocal: false, isCloud: true, givesAddresses: true }
  const byName = Object.entries(kinds).find(
    ([, { context: called, host }]) => called.test(context) || host?.test(server.hostname),
  )
  // A name alone is no evidence that a cluster is on this machine, and enough for caution.
  const [name, kind] = byNodes ??
    (byName?.[1].isCloud || nodes.length === 0 ? byName : undefined) ?? ['Kubernetes', bare]
  return {
    name,
    isLocal: byNodes !== undefined && runHere.has(name) && nearHost.test(server.hostname),
    isCloud: kind.isCloud,
    givesAddresses: kind.givesAddresses || (name === 'Kubernetes' && hasAddress(nodes)),
  }
}

const isOf = (node: KubeObject, { id, label, node: called }: Kind): boolean =>
  id?.test(textAt(node, 'spec', 'providerID') ?? '') === true ||
  called?.test(node.metadata.name) === true ||
  (label !== undefined && Object.keys(node.metadata.labels ?? {}).some((key) => label.test(key)))

const hasAddress = (nodes: readonly KubeObject[]): boolean =>
  nodes.some((node) => mapsAt(node, 'status', 'addresses').some(({ type }) => type === 'ExternalIP'))

const dangerous = /(?:^|[^a-z])(?:prod|production|prd|live)(?:[^a-z]|$)/i
const clouds = /(?:^|[^a-z])(?:aws|eks|gcp|gke|azure|aks|doks|lke|oke|openshift)(?:[^a-z]|$)/i

/** Why a name has to be typed before anything of that cluster is changed; undefined where a yes is enough. */
export const protectedBecause = (names: readonly string[], { name, isCloud }: Provider): string | undefined => {
  const word = names.map((one) => dangerous.exec(one) ?? clouds.exec(one)).find((found) => found !== null)?.[0]
  if (word !== undefined) return `its name has ${JSON.stringify(word.replaceAll(/^[^a-z]|[^a-z]$/gi, ''))}`
  return isCloud ? `it runs at a provider (${name})` : undefined
}
