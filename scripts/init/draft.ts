import type { DraftImage, DraftSecret, DraftService } from './draft-service.ts'
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
  readonly images: readonly (DraftImage & {
    readonly key: string
    readonly why: string
    /** Nothing that is deployed runs it: written as a comment. */
    readonly unused?: boolean
  })[]
  readonly secrets?: readonly DraftSecret[]
  readonly services: readonly DraftService[]
  /** What is written beside the file: paths from its folder. */
  readonly files?: readonly { readonly path: string; readonly text: string }[]
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
  /** Values of its chart. */
  readonly set?: Readonly<Record<string, boolean | string>>
}

/**
 * The host name of a service, different in each environment that it is deployed to: once where its namespace is its own. A
 * service that is called like the cluster needs no name of its own.
 */
export const hostOf = (
  { name, domain, environments }: Draft,
  { name: service, namespace }: Pick<DraftService, 'name' | 'namespace'>,
): string => {
  const isOnce = environments.length === 0 || namespace !== undefined
  return [...(isOnce ? [] : ['{env}']), ...(service === name ? [] : [service]), domain].join('.')
}

/** An image as the file describes it. */
export const draftImage = (
  { context, file, target, args }: FoundImage,
  repository: string | undefined,
): DraftImage => ({
  name: repository,
  context: asWritten(context),
  ...(file === undefined ? {} : { file: asWritten(file) }),
  ...(target === undefined ? {} : { target }),
  ...(args === undefined ? {} : { args }),
})
