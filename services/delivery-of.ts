import { artifactsFolder, type Delivery } from '../gitops/delivery.ts'
import type { Config, ServiceConfig } from '../config/config.ts'
import { gitopsStepId } from './gitops-step.ts'
import { idOf } from '../core/identity.ts'
import { hashOf } from '../core/fingerprint.ts'

/** By which way a GitOps controller gets a service in one of its environments. The file has a registry where it has such a service. */
export const deliveryOf = (
  config: Config,
  service: ServiceConfig,
  environment: string | undefined,
): { readonly delivery?: Delivery } => {
  if (!service.gitops) return {}
  const { tool } = service.gitops
  const addon = config.addons.find(({ name }) => name === tool)
  const words = [service.name, ...(environment === undefined ? [] : [environment])]
  const delivery: Delivery = {
    tool,
    home: addon?.namespace ?? homes[tool],
    name: nameOf(config, words),
    repository: [artifactsFolder, config.name, ...words].map(segment).join('/'),
    port: config.cluster.registry?.port ?? 5001,
  }
  return { delivery }
}

/** Where the add-ons put them. */
const homes = { argocd: 'argocd', flux: 'flux-system' } as const

/** The controller, what it reads by, and where the objects are put. */
export const gitopsNeeds = ({ gitops }: ServiceConfig): readonly string[] => {
  if (!gitops) return []
  const controller = gitops.tool === 'argocd' ? gitopsStepId(gitops.tool) : idOf({ kind: 'addon', name: gitops.tool })
  return [controller, 'registry']
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
