import type { ValuesLayer } from '../config/chart-config.ts'
import type { Identity } from '../core/identity.ts'
import { isAddress } from '../core/address.ts'
import type { ChartConfig, ExposeConfig, KustomizeOptions, Labels, PatchConfig, SmokeConfig } from '../config/config.ts'
import type { Place, Problem } from '../core/problem.ts'
import type { Context, Facts } from '../core/step.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { KubeObject } from '../cluster/kube/kube.ts'
import type { Delivery } from '../gitops/delivery.ts'
import type { OwnTree } from '../gitops/tree/tree-files.ts'

/** What is deployed together under one step: a service in one environment, or an add-on. Pure data and functions; making one reads nothing. */
export type Deployable = {
  /** `addon/argocd`, `service/web@dev` */
  readonly id: string
  /** The same as data. */
  readonly of: Identity
  readonly title: string
  readonly namespace: string
  readonly source: Source
  /** Step ids beyond the cluster and what its objects tell. */
  readonly needs: readonly string[]
  /** Set on every pod template by node selector, with the tolerations that the chosen nodes' taints ask for. Add-ons set it in values instead, and have it verified. */
  readonly placement?: Labels
  readonly placementBy: 'objects' | 'values'
  /** By which way a GitOps controller gets it; kindup deploys it itself if left out. */
  readonly delivery?: Delivery
  /** The Applications that an object of Argo CD which is applied as it is makes in the cluster, by the files here. */
  readonly makes?: readonly Made[]
  /** The namespaces that those objects of Argo CD ask it to make: kindup makes them, and takes them away. */
  readonly creates?: readonly string[]
  readonly patches: readonly PatchConfig[]
  readonly skip: readonly string[]
  /** Kinds it brings although nothing rendered tells so before its chart is fetched: `argoproj.io/Application`. */
  readonly provides: readonly string[]
  /** `group/Kind`s whose objects do nothing before it runs: a service with one waits for it, to be reached and tested. */
  readonly serves?: readonly string[]
  /** Host names beyond those its objects tell. */
  readonly hosts: readonly string[]
  readonly expose: readonly ExposeConfig[]
  /** Programs that are run around its deployment. They are no part of what it is: a change of one alone deploys nothing. */
  readonly hooks?: Hooks
  /** Tests that it must pass once it is there. */
  readonly smoke?: readonly SmokeConfig[]
  /** Hash of its smoke tests as the file has them, whatever ports of this machine they come to. */
  readonly testedBy?: string
  /** `false`: pods stay as they are when a ConfigMap or Secret that they read changes. */
  readonly roll?: boolean
  /** What must be available beyond its workloads: names of APIServices. */
  readonly apiServices: readonly string[]
  /** kindup's own revision of this step: raised when its values here change meaning. */
  readonly revision: number
  readonly at: Place
  /** Where the file says who deploys it. */
  readonly gitopsAt?: Place
  /** `group/Kind`s whose objects are deleted and waited for before its release is uninstalled, in this order: their finalizers need the controllers. */
  readonly beforeRemoval?: readonly string[]
  /** Facts beyond the endpoints that its objects tell. */
  facts?(cluster: Cluster, ctx: Context): Promise<Facts>
  /** Runs after a deploy that changed something; throws when the thing does not answer as it should. */
  verify?(cluster: Cluster, ctx: Context): Promise<void>
}

/** An Application that another object of Argo CD makes. */
type Made = {
  readonly home: string
  readonly name: string
  /** Of the objects that it deploys. */
  readonly namespace: string
}

/** A program that is run around the deployment of one service, its placeholders filled. */
export type Hook = {
  readonly name: string
  /** The program and its arguments. */
  readonly run: readonly string[]
  /** Absolute folder. */
  readonly in: string
  /** Wants what the service needs to be ready, and KUBECONFIG. */
  readonly cluster: boolean
  readonly env: Readonly<Record<string, string>>
  readonly at: Place
}

export type Hooks = {
  readonly before: readonly Hook[]
  /** All of them see the cluster. */
  readonly after: readonly Hook[]
  /** Added to the environment of those that see the cluster: what no file of theirs can know. */
  readonly variables: Readonly<Record<string, string>>
  /** Texts that are shown as *** in what they print. */
  readonly secrets: readonly string[]
}

export type Source =
  | {
      readonly kind: 'helm'
      readonly chart: ChartConfig
      readonly release: string
      /** Lowest first. */
      readonly values: readonly ValuesLayer[]
    }
  /** `allowedBy`: its options are those of Argo CD's own configuration. */
  | ({ readonly kind: 'kustomize'; readonly folder: string; readonly allowedBy?: 'argocd' } & KustomizeOptions)
  /** Paths of files and folders, globs, and `https://` addresses. */
  | {
      readonly kind: 'manifests'
      readonly paths: readonly string[]
      /** The addresses among them are of a release, which stays as it is: no pin is missed. */
      readonly released?: true
      /** The one document of them that is meant. */
      readonly only?: { readonly kind: string; readonly name: string }
    }
  | FluxSource

/** A folder with objects of Flux. */
export type FluxSource = {
  readonly kind: 'flux'
  /** Absolute. */
  readonly folder: string
  /** The repository that it lies in, which its own GitRepositories lead to; left out where each object stays as it is. */
  readonly worktree?: OwnTree
}

/** The release that helm makes of it; undefined where helm does no more than render it. */
export const releaseOf = ({
  source,
  namespace,
  delivery,
}: Pick<Deployable, 'source' | 'namespace' | 'delivery'>):
  | { readonly release: string; readonly namespace: string }
  | undefined => (source.kind === 'helm' && !delivery ? { release: source.release, namespace } : undefined)

/** What a source names on the network beside a chart. */
export const addressesOf = (source: Source): readonly string[] =>
  source.kind === 'manifests' ? source.paths.filter(isAddress) : []

/** One rendered object and where its text stands: the template or file, and its first line. */
export type RenderedObject = {
  readonly object: KubeObject
  readonly at: Place
  /** What of its metadata is not as the rest of the program has to have it, and was left out. */
  readonly faults?: readonly Problem[]
  /** Where what stands at a path of it was written; not known of what comes from the cache. */
  placeOf?(path: readonly (string | number)[]): Place
}
