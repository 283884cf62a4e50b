import { nodesSeen, type Existing } from '../../cluster/existing/inspect.ts'
import { existingAccess } from '../../cluster/existing/access.ts'
import { findExisting } from '../../cluster/existing/find-existing.ts'
import { atItsLine } from '../../cluster/existing/step.ts'
import type { Access } from '../../cluster/kind/access.ts'
import type { Engine } from '../../cluster/engine/engine.ts'
import type { ResolvedImage } from '../../cluster/images/images.ts'
import { clusterPaths } from '../../cluster/paths.ts'
import type { Config } from '../../config/config.ts'
import { ConfigError, EnvironmentError, usageError } from '../../core/errors.ts'
import { idOf } from '../../core/identity.ts'
import type { Problem } from '../../core/problem.ts'
import type { App } from '../app.ts'
import type { Settled } from '../settle.ts'

type Around = {
  readonly app: App
  readonly access: Access
  readonly context: string
  engine(): Promise<Engine>
}

/**
 * The file with what only its existing cluster tells: its nodes, its version, where its names lead. A cluster that does
 * not answer is no trouble here: its step says so. Throws ConfigError where the context is not there.
 */
export const settleExisting = async (config: Config, { app, ...way }: Around): Promise<Settled> => {
  try {
    const seen = await findExisting({ ...way, env: app.env })
    return settledAgain(config, seen)
  } catch (error) {
    app.signal.throwIfAborted()
    if (!(error instanceof EnvironmentError)) throw error
    if (error.code === 'context-missing') throw atItsLine(error, config)
    return {
      config,
      conflicts: [],
      problems: [],
      ...(config.hosts.address === undefined ? {} : { address: config.hosts.address }),
    }
  }
}

/** What a cluster tells of itself, put into the file as if it stood there. */
export const settledAgain = (config: Config, seen: Existing): Settled => {
  const { provider, version } = seen
  const written = config.hosts.address
  const address = written ?? seen.address
  const cluster = {
    ...config.cluster,
    nodes: nodesSeen(seen, written),
    // As a node image, because every version may be asked for like that.
    kubernetes: `kindest/node:v${version}`,
    existing: { provider: provider.name, givesAddresses: provider.givesAddresses },
  }
  if (address !== undefined) return { config: { ...config, cluster }, conflicts: [], problems: [], address, seen }
  const problem: Problem = {
    severity: 'warning',
    message: `Where the Ingress of ${seen.context.name} (${provider.name}) answers is not known, so that no host names are written.`,
    hint: 'Say it once it has an address: hosts: { address: 192.0.2.10 }. Or take the warning away: hosts: { mode: none }',
    at: config.at(['cluster', 'context']),
  }
  const hosts = { ...config.hosts, mode: 'none' as const }
  return {
    config: { ...config, cluster, hosts },
    conflicts: [],
    problems: config.hosts.mode === 'none' ? [] : [problem],
    seen,
  }
}

/** Images that are built here, and that nothing brings into the nodes of that cluster. */
export const imageProblems = (
  config: Config,
  images: readonly ResolvedImage[],
  seen: Existing | undefined,
): readonly Problem[] => {
  if (seen === undefined || seen.images !== 'never') return []
  const { context, provider } = seen
  return images.flatMap(({ key, ref, build }): readonly Problem[] => {
    if (!build || ref === undefined) return []
    const own = config.services.some(({ name }) => name === key)
    return [
      {
        severity: 'error',
        step: idOf({ kind: 'image', name: key }),
        message: `${key} is built here, and nothing brings ${ref} into the nodes of ${context.name} (${provider.name}).`,
        hint: `${loaders[provider.name]?.(ref) ?? `Push it to a registry that the cluster pulls from: docker push ${ref}`}. Then run that image instead of building one: --image ${key}=${ref}`,
        at: config.at(own ? ['services', key, 'image', 'build'] : ['images', key, 'build']),
      },
    ]
  })
}

/** How the cluster's own tool takes an image. */
const loaders: Readonly<Record<string, (ref: string) => string>> = {
  k3d: (ref) => `k3d image import ${ref} --cluster NAME`,
  minikube: (ref) => `minikube image load ${ref}`,
  microk8s: (ref) => `docker save ${ref} | microk8s ctr image import -`,
  kind: (ref) => `Its nodes are no containers of an engine that answers here: kind load docker-image ${ref}`,
}

/** How the cluster of a context is reached, by a way that was found before where there is one. */
export const existingWay = (app: App, name: string, context: string, before?: Access): { readonly access: Access } => ({
  access:
    before ??
    existingAccess({
      context,
      paths: clusterPaths(name, app.env, context),
      env: app.env,
      signal: app.signal,
      looks: app.looks,
    }),
})

export const notRecreated = (context: string): ConfigError =>
  usageError(
    `--recreate makes a cluster again, and the one of context ${context} is not kindup's.`,
    'Leave --recreate away.',
  )
