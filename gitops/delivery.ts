import type { AdoptedApplication } from '../config/adopted.ts'
import type { GitOpsTool } from '../config/config.ts'
import type { Remote } from './remote.ts'
import type { OwnTree } from './tree/tree-files.ts'
import { registryAlias } from '../cluster/registry/names.ts'

/** By which way a GitOps controller gets what a service is made of. Plain JSON: the cluster remembers it. */
export type Delivery = {
  readonly tool: GitOpsTool
  /** The namespace of the controller. */
  readonly home: string
  /** The name of the Application, or of the Kustomization and its source. */
  readonly name: string
  /** In the local registry: `kindup/shop/web/dev`. */
  readonly repository: string
  /** Of the local registry. */
  readonly port: number
  /** Of an Application of the user: what it says beside its sources. */
  readonly application?: Omit<AdoptedApplication, 'namespace'>
  /** Objects of Flux that the user wrote: kindup applies them, and gives Flux what they read. */
  readonly objects?: {
    /** Left out where they read the remotes. */
    readonly worktree?: OwnTree
    /** Of an earlier state of it; the files as they are now if left out. */
    readonly digest?: string
  }
  /** The controller reads this repository's own git remote, and nothing is packed. */
  readonly remote?: Remote
}

/** Where the artifacts of all clusters are in a registry. */
export const artifactsFolder = 'kindup'

/** As pods reach it: `oci://kindup-registry:5001/kindup/shop/web/dev`. */
export const addressOf = ({ repository, port }: Pick<Delivery, 'repository' | 'port'>): string =>
  `oci://${registryAlias}:${port}/${repository}`
