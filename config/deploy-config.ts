import type { Adopted } from './adopted.ts'
import type { ChartConfig, SetValue } from './chart-config.ts'

/** The one way that a service is deployed. */
export type DeployConfig = {
  /** Kustomize patches, as in a kustomization's `patches`. */
  readonly patches: readonly PatchConfig[]
  /** `KIND`, `KIND.group` or globs of it, such as `*.servicecatalog.k8s.io`. */
  readonly skip: readonly string[]
} & (
  | {
      readonly kind: 'helm'
      readonly chart: ChartConfig
      readonly release: string
      /** Paths, not yet absolute: they may hold placeholders. */
      readonly values: readonly string[]
      readonly set: Readonly<Record<string, SetValue>>
    }
  | ({ readonly kind: 'kustomize'; readonly folder: string } & KustomizeOptions)
  | { readonly kind: 'manifests'; readonly paths: readonly string[] }
  /** By environment, `''` where there is none. */
  | { readonly kind: 'applications'; readonly of: Readonly<Record<string, Adopted>> }
  /** A folder with objects of Flux: not yet absolute, it may hold placeholders. */
  | { readonly kind: 'flux'; readonly folder: string }
)

/** What a kustomization may do beyond its own folder. */
export type KustomizeOptions = {
  /** It may read files outside its folder. */
  readonly loadRestrictor?: 'none'
  /** It may render charts with helm. */
  readonly helm?: true
}

export type PatchConfig = {
  /** A strategic merge patch or a JSON 6902 list, as YAML text. */
  readonly patch: string
  readonly target?: {
    readonly group?: string
    readonly version?: string
    readonly kind?: string
    readonly name?: string
    readonly namespace?: string
    readonly labelSelector?: string
    readonly annotationSelector?: string
  }
}
