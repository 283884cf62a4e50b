import type { ChartConfig, ValuesLayer } from './chart-config.ts'
import type { Place } from '../core/problem.ts'

/** What an object of a GitOps tool deploys, read from the working tree. Paths are absolute, nothing in them is a placeholder. */
export type AdoptedSource =
  | {
      readonly kind: 'helm'
      readonly chart: ChartConfig
      readonly release: string
      /** Lowest first. */
      readonly values: readonly ValuesLayer[]
    }
  | { readonly kind: 'kustomize'; readonly folder: string }
  /** `only`: no other documents of the files than these. */
  | { readonly kind: 'manifests'; readonly paths: readonly string[]; readonly only?: DocumentName }

type DocumentName = { readonly kind: string; readonly name: string }

/** One Application of the user, as kindup carries it out. */
export type Adopted = {
  /** Its own name. */
  readonly name: string
  /** Of the objects that name none. */
  readonly namespace: string
  readonly source: AdoptedSource
  readonly at: Place
  /** Undefined where it is applied as it is, since all that it names lies elsewhere. */
  readonly application?: AdoptedApplication
  /** Of one that is applied as it is: the namespaces that it, or what it makes, has Argo CD make. */
  readonly creates?: readonly string[]
  /** Of one that is applied as it is: the Applications that it makes in the cluster, by the files here. */
  readonly makes?: readonly MadeApplication[]
}

/** An Application that an ApplicationSet or another Application makes. */
export type MadeApplication = {
  readonly name: string
  /** The namespace that it lives in; that of the controller if left out. */
  readonly home?: string
  /** Of the objects that it deploys. */
  readonly namespace: string
}

/** What stays of an Application beside its sources. Plain JSON. */
export type AdoptedApplication = {
  /** The namespace that it lives in; that of the controller if left out. */
  readonly namespace?: string
  readonly spec: Readonly<Record<string, unknown>>
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** What of a file cannot be carried out, or is not quite what it says. */
export type AdoptFinding = {
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly at: Place
  readonly hint?: string
}
