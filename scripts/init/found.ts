import type { GitOpsTool } from '../../config/config.ts'
import type { ChartSet } from './draft-service.ts'
import type { Converted } from './compose/converted.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'

/** One file of the folder: its path from there with forward slashes, and where it is. */
export type File = { readonly path: string; readonly full: string }

/** Something that an image can be built from. Paths start at the folder, with forward slashes; `.` is the folder itself. */
export type FoundImage = {
  /** What it is called: the folder's name, the suffix of the Dockerfile, or the name in the compose file. */
  readonly name: string
  readonly context: string
  /** Where it is not the `Dockerfile` of the context. */
  readonly file?: string
  readonly target?: string
  /** Build arguments that another tool gives it. */
  readonly args?: Readonly<Record<string, string>>
  /** What is mounted in place of its code where it comes from, as a sentence. */
  readonly mounted?: string
  /** The repository that another tool gives it. */
  readonly repository?: string
  /** What a build command in a text of the folder calls it. */
  readonly built?: { readonly name: string; readonly tag?: string }
}

export type FoundChart = {
  readonly folder: string
  readonly name: string
  /** The chart's own values. */
  readonly values: unknown
  readonly hasIngress: boolean
  readonly hasAutoscaler: boolean
}

/** Kustomizations or folders of manifests that stand for the same thing, one an environment; or one alone. */
export type FoundObjects = {
  readonly kind: 'kustomize' | 'manifests'
  /** The folder that it is named after. */
  readonly folder: string
  /** What `deploy` takes; `{env}` stands in it where there are environments. */
  readonly paths: readonly string[]
  /** The namespace that a kustomization puts all of its objects into. */
  readonly namespace?: string
  /** Environments and the namespaces that they name themselves. */
  readonly environments: readonly { readonly name: string; readonly namespace?: string }[]
  readonly objects: readonly KubeObject[]
  /** Image names that a kustomization changes: name in the manifests → what is rendered. */
  readonly renamed: Readonly<Record<string, string>>
  /** Names in what is rendered may differ from those in the files. */
  readonly renames: boolean
  /** A kustomization renders charts: some that are here alone, or some that kustomize fetches. */
  readonly charts?: 'here' | 'far'
}

export type FoundCompose = {
  /** Paths of further ones in other folders, which were not looked into. */
  readonly besides: readonly string[]
  readonly file: string
  readonly images: readonly FoundImage[]
  /** Services that run an image of somebody else: name and image. */
  readonly others: readonly { readonly name: string; readonly image: string }[]
  /** What it becomes, where the folder has nothing else that could be deployed. */
  readonly converted?: Converted
}

export type FoundGitOps = { readonly tool: GitOpsTool; readonly files: readonly string[] }

/** A folder that Flux is pointed at elsewhere: its own objects stand in it, and lead to this repository. */
export type FluxFolder = {
  readonly folder: string
  /** Of the objects of Flux in it: those of one name cannot be in a cluster twice. */
  readonly keys: readonly string[]
  /** Folders that its Kustomizations deploy. */
  readonly deploys: readonly string[]
  /** Charts of this repository that HelmReleases of it deploy. */
  readonly charts: readonly string[]
  /** Its sources are parts of a repository, which a controller makes that Flux brings only when asked for. */
  readonly generates: boolean
}

/** ApplicationSets and Applications of Argo CD that a service is made of as they are. Paths from the folder. */
export type ApplicationSets = {
  readonly files: readonly string[]
  /** Files that those lead to. */
  readonly below: readonly string[]
  /** Folders that their Applications deploy. */
  readonly deploys: readonly string[]
  /** Kustomizations among those render charts, which are here. */
  readonly charts?: true
}

/** A node of a kind configuration, in the words of `kindup.yaml`. */
export type FoundNode = {
  readonly role: 'control-plane' | 'worker'
  readonly labels: Readonly<Record<string, string>>
  readonly ports: readonly string[]
  readonly mounts: readonly string[]
}

/** The configuration that kind is given today. */
export type FoundKind = {
  readonly file: string
  /** Further ones, which were not looked at. */
  readonly others: readonly string[]
  readonly name?: string
  readonly nodes: readonly FoundNode[]
  /** Keys beside the nodes, as they stand there: `cluster.kind` takes them. */
  readonly rest: Readonly<Record<string, unknown>>
  /** Keys of nodes that `kindup.yaml` has no place for. */
  readonly left: readonly string[]
  /** The key of the whole that tells containerd of a registry, which is not taken over. */
  readonly registries?: string
}

/** A deployment by Argo CD whose source is a chart of this folder. */
export type FoundApplication = {
  readonly file: string
  readonly name: string
  readonly namespace: string | undefined
  /** The folder of the chart. */
  readonly chart: string
  readonly values: readonly string[]
  /** Values of the chart that are given one by one. */
  readonly sets?: readonly ChartSet[]
  readonly release: string | undefined
}

/** A chart of a repository that a file of another tool deploys. */
export type RemoteRelease = {
  readonly name: string
  readonly chart: string
  readonly repo?: string
  readonly version?: string
  readonly namespace?: string
  /** Paths from the folder. */
  readonly values: readonly string[]
  readonly sets?: readonly ChartSet[]
  readonly needs: readonly string[]
}

/** What a file of another tool says that the folder alone does not. */
export type FoundTool = {
  readonly tool: 'Skaffold' | 'Tilt' | 'helmfile'
  readonly file: string
  readonly images: readonly FoundImage[]
  /** Charts of this folder, and how they are deployed. */
  readonly applications: readonly FoundApplication[]
  readonly remote: readonly RemoteRelease[]
  /** What of it has no place, as the ends of sentences. */
  readonly left: readonly string[]
}

/** All that a folder holds and that a `kindup.yaml` could use. */
export type Found = {
  readonly dockerfiles: readonly FoundImage[]
  readonly charts: readonly FoundChart[]
  readonly objects: readonly FoundObjects[]
  readonly compose: FoundCompose | undefined
  readonly gitops: readonly FoundGitOps[]
  readonly fluxFolders: readonly FluxFolder[]
  readonly sets?: ApplicationSets | undefined
  /** Files with Applications whose kustomizations render charts that kustomize fetches. */
  readonly fetching?: readonly string[]
  readonly applications: readonly FoundApplication[]
  readonly kind: FoundKind | undefined
  /** What files of Skaffold, Tilt and helmfile say. */
  readonly tools: readonly FoundTool[]
  /** Folders and files of CustomResourceDefinitions that nothing else brings, as the file wants them. */
  readonly crds: readonly string[]
  /** `group/Kind`s that these define. */
  readonly defined: readonly string[]
  readonly files: readonly File[]
  /** The folder holds more than was looked at. */
  readonly cut: boolean
  /** Folders of examples and the like, which were not looked into. */
  readonly passedOver: readonly string[]
}
