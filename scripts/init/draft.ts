import type { Release } from './applications.ts'
import type { FoundKind, FoundImage } from './found.ts'
import { asWritten } from './paths.ts'

/** What is going to be written, as a person may still change it. Paths are as the file wants them. */
export type Draft = {
  readonly name: string
  readonly workers: number
  /** Nodes as a kind configuration of the folder has them, in place of a number of workers. */
  readonly kind?: FoundKind
  readonly addons: readonly DraftAddon[]
  readonly environments: readonly { readonly name: string; readonly namespace?: string; readonly short?: string }[]
  readonly crds: readonly string[]
  /** Images that belong to no service, or to several. */
  readonly images: readonly (DraftImage & { readonly key: string; readonly why: string })[]
  readonly services: readonly DraftService[]
  /** What host names end in. */
  readonly domain: string
  /** Names in what is deployed that lead somewhere else in the world. */
  readonly publicHosts: readonly string[]
  /** Sentences about what was found and has no place in the file. */
  readonly notes: readonly string[]
}

export type DraftAddon = {
  readonly name: string
  readonly why: string
  readonly on: boolean
  /** It has a page of its own. */
  readonly hasHost: boolean
}

export type DraftImage = {
  readonly name: string | undefined
  readonly tag?: string
  readonly context: string
  readonly file?: string
  readonly target?: string
}

export type DraftService = {
  readonly name: string
  /** Where it was found. */
  readonly from: string
  readonly image?: DraftImage
  readonly deploy:
    | {
        readonly kind: 'helm'
        readonly chart: string
        readonly release?: Release
        readonly values: readonly string[]
        readonly sets: readonly ChartSet[]
      }
    | { readonly kind: 'kustomize' | 'manifests'; readonly paths: readonly string[]; readonly skip: readonly string[] }
  /** Environments that it can be deployed to; empty for all. */
  readonly environments: readonly string[]
  /** Of environments, where whatever deploys it today says so. */
  readonly namespaces?: Readonly<Record<string, string>>
  /** The one that its objects name themselves. */
  readonly namespace?: string
  /** Service and port that want a host name of their own. */
  readonly expose?: { readonly service: string; readonly port: number }
}

/** A value of a chart and what it is set to; `host` is the service's host name. */
export type ChartSet = { readonly path: string; readonly to: 'image.repository' | 'image.tag' | 'host' | 'true' }

/** The host name of a service, different in each environment. A service that is called like the cluster needs no name of its own. */
export const hostOf = ({ name, domain, environments }: Draft, service: string): string =>
  [...(environments.length > 0 ? ['{env}'] : []), ...(service === name ? [] : [service]), domain].join('.')

/** An image as the file describes it. */
export const draftImage = ({ context, file, target }: FoundImage, repository: string | undefined): DraftImage => ({
  name: repository,
  context: asWritten(context),
  ...(file === undefined ? {} : { file: asWritten(file) }),
  ...(target === undefined ? {} : { target }),
})
