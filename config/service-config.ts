import type { DeployConfig } from './deploy-config.ts'
import type { Labels } from './labels.ts'

/** One service of the file, or of an Application that the file takes in. */
export type ServiceConfig = {
  readonly name: string
  readonly deploy: DeployConfig
  /** The key of the file that it comes from, where that made several services. */
  readonly origin?: string
  /** Names of the environments it is deployed to; empty when the file has none. */
  readonly environments: readonly string[]
  /** Used when there are no environments. */
  readonly namespace?: string
  readonly placement?: Labels
  /** Who deploys it; kindup itself if left out. */
  readonly gitops?: GitOpsConfig
  /** Pods are rolled out when a ConfigMap or Secret that they read changes. */
  readonly roll: boolean
  /** Saved files go into its running containers while somebody watches. */
  readonly sync?: SyncConfig
  readonly hosts: readonly string[]
  readonly expose: readonly ExposeConfig[]
  /** Names of services, or step ids. */
  readonly needs: readonly string[]
  readonly hooks: { readonly before: readonly HookConfig[]; readonly after: readonly HookConfig[] }
  readonly credentials: readonly CredentialConfig[]
  readonly smoke: readonly SmokeConfig[]
}

/** `rules` undefined: those that the Dockerfile tells. `restart`: its processes are started again afterwards. */
export type SyncConfig = { readonly rules?: readonly SyncRule[]; readonly restart: boolean }

/** `from` is relative to the build context, with forward slashes, empty for all of it; `to` is absolute. */
export type SyncRule = { readonly from: string; readonly to: string }

/** `root`: the absolute path of the folder that all its files have to lie in. */
export type GitOpsConfig = { readonly tool: GitOpsTool; readonly root?: string; readonly source?: 'remote' }

export type GitOpsTool = 'argocd' | 'flux'

/** A program that is run around a deployment. Placeholders in `run` and `env` are not filled yet. */
export type HookConfig = {
  readonly name: string
  readonly run: readonly string[]
  /** Absolute folder. */
  readonly in: string
  /** Wants what the service needs to be ready, and KUBECONFIG. Hooks that run after a deploy have both anyway. */
  readonly cluster: boolean
  readonly env: Readonly<Record<string, string>>
}

/** Makes a Service reachable: by a host name through the Ingress, or by a port of this machine. */
export type ExposeConfig = {
  readonly service: string
  readonly port: number | string
  readonly host?: string
  readonly hostPort?: number
}

export type CredentialConfig = {
  readonly name: string
  /** `namespace/name` or `name` (in the service's namespace). */
  readonly secret?: string
  readonly username?: string
  readonly password?: string
  readonly url?: string
}

export type SmokeConfig = {
  readonly path?: string
  readonly url?: string
  readonly tcp?: number
  /** A Kubernetes Service that is asked inside the cluster. */
  readonly service?: string
  readonly host?: string
  readonly port?: number
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly status?: number
  /** The answer's body, parsed, must hold these (maps may have more keys; arrays match element by element). */
  readonly json?: unknown
  /** The answer's body must contain this. */
  readonly text?: string
  /** Milliseconds. */
  readonly timeoutMs: number
}
