import { artifactsFolder, type Delivery } from '../gitops/delivery.ts'
import type { Adopted } from '../config/adopted.ts'
import type { Config, GitOpsTool, ServiceConfig } from '../config/config.ts'
import { readsRemote } from '../config/reads-remote.ts'
import { gitopsStepId } from './gitops-step.ts'
import { idOf } from '../core/identity.ts'
import { worktreeOf } from './worktree-of.ts'
import { hashOf } from '../core/fingerprint.ts'

/** By which way a GitOps controller gets a service in one of its environments. The file has a registry where it has such a service. */
export const deliveryOf = (
  config: Config,
  service: ServiceConfig,
  environment: string | undefined,
): { readonly delivery?: Delivery } => {
  const adopted = adoptedIn(service, environment)
  if (!service.gitops || isAsItIs(adopted)) return {}
  const { tool } = service.gitops
  const words = [service.name, ...(environment === undefined ? [] : [environment])]
  const delivery: Delivery = {
    tool,
    home: homeOf(config, tool),
    name: adopted?.name ?? nameOf(config, words),
    repository: [artifactsFolder, config.name, ...words].map(segment).join('/'),
    port: config.cluster.registry?.port ?? 5001,
  }
  if (service.deploy.kind === 'flux') {
    const worktree = worktreeOf(config, service)
    return { delivery: { ...delivery, objects: worktree ? { worktree } : {} } }
  }
  if (!adopted?.application) return { delivery }
  const { namespace, ...application } = adopted.application
  return { delivery: { ...delivery, home: namespace ?? delivery.home, application } }
}

/** The Application that a service adopts in one of its environments. */
export const adoptedIn = ({ deploy }: ServiceConfig, environment: string | undefined): Adopted | undefined =>
  deploy.kind === 'applications' ? deploy.of[environment ?? ''] : undefined

/** One that names nothing of this repository is an object like others. */
export const isAsItIs = (adopted: Adopted | undefined): boolean =>
  adopted !== undefined && adopted.application === undefined

/** The namespace of a controller. */
export const homeOf = ({ addons }: Pick<Config, 'addons'>, tool: GitOpsTool): string =>
  addons.find(({ name }) => name === tool)?.namespace ?? homes[tool]

/** Where the add-ons put them. */
const homes = { argocd: 'argocd', flux: 'flux-system' } as const

/** The controller, what it reads by, and where the objects are put. */
export const gitopsNeeds = (service: ServiceConfig, environment: string | undefined): readonly string[] => {
  const { gitops } = service
  if (!gitops) return []
  const addon = idOf({ kind: 'addon', name: gitops.tool })
  if (isAsItIs(adoptedIn(service, environment)) || readsRemote(service)) return [addon]
  return [gitops.tool === 'argocd' ? gitopsStepId(gitops.tool) : addon, 'registry']
}

/** `web-dev`, and more where another service and environment come to the same. */
const nameOf = (config: Config, words: readonly string[]): string => {
  const plain = words.join('-')
  const all = config.services.flatMap(({ name, environments }) =>
    environments.length === 0 ? [name] : environments.map((environment) => `${name}-${environment}`),
  )
  const isName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(plain) && plain.length <= 63
  if (isName && all.filter((name) => name === plain).length < 2) return plain
  const safe = plain
    .toLowerCase()
    .replaceAll(/[^-a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return [...(safe === '' ? ['service'] : [safe.slice(0, 46).replace(/-+$/, '')]), hashOf(words)].join('-')
}

/** A part of a repository's path, as registries take it. */
const segment = (word: string): string => (/^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$/.test(word) ? word : hashOf(word))
