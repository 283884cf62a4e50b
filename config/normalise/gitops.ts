import type { AdoptedSource } from '../adopted.ts'
import type { AddonConfig, GitOpsTool, RegistryConfig, ServiceConfig } from '../config.ts'
import { showPath } from '../path.ts'
import { readsRemote } from '../reads-remote.ts'
import type { FileConfig } from '../schema/file.ts'
import type { Scope } from './scope.ts'

const toolNames: Readonly<Record<GitOpsTool, string>> = { argocd: 'Argo CD', flux: 'Flux' }

/**
 * What services with `gitops` need and the file does not have: the tool's add-on, and the local registry that carries
 * their objects to it. Where the file turns one of them off, that is a mistake.
 */
export const bringForGitOps = (
  file: FileConfig,
  services: readonly ServiceConfig[],
  { findings }: Scope,
): { readonly addons: readonly AddonConfig[]; readonly registry?: RegistryConfig } => {
  const addons: AddonConfig[] = []
  let registry: RegistryConfig | undefined
  const said = new Set<string>()
  // What goes with an existing cluster is checked in one place.
  if (file.cluster?.context !== undefined) return { addons: [] }
  for (const service of services) {
    const { name, gitops } = service
    if (!gitops) continue
    const { tool } = gitops
    const path = ['services', name, 'gitops']
    const broughtBy = showPath(path)
    const refuse = (off: string, why: string): void => {
      // One cause, said at the first service that has it.
      if (said.has(off)) return
      said.add(off)
      findings.error({
        path,
        message: `${broughtBy} is ${tool}, and ${off} is false: ${why}.`,
        hint: `Take \`${off}: false\` away, and it comes along by itself; or take gitops away.`,
      })
    }
    if (file.addons?.[tool] === false) refuse(`addons.${tool}`, `nobody would run ${toolNames[tool]}`)
    else if (file.addons?.[tool] === undefined && !addons.some((addon) => addon.name === tool))
      addons.push({ name: tool, values: [], set: {}, needs: [], broughtBy })
    // What it reads in a git remote passes no registry.
    if (readsRemote(service)) continue
    if (file.cluster?.registry === false)
      refuse('cluster.registry', `${toolNames[tool]} reads what it deploys from the local registry`)
    else if (file.cluster?.registry === undefined) registry ??= { port: 5001, keep: false, broughtBy }
  }
  return { addons, ...(registry ? { registry } : {}) }
}

/** Argo CD with the controller of ApplicationSets, which is off otherwise, where one of them is left to it. */
export const withSetController = (
  addons: readonly AddonConfig[],
  services: readonly ServiceConfig[],
): readonly AddonConfig[] => {
  const isWanted = services.some(
    ({ deploy }) => deploy.kind === 'applications' && Object.values(deploy.of).some(({ source }) => isSet(source)),
  )
  if (!isWanted) return addons
  return addons.map((addon) =>
    addon.name === 'argocd' ? { ...addon, set: { 'applicationSet.replicas': 1, ...addon.set } } : addon,
  )
}

const isSet = (source: AdoptedSource): boolean => source.kind === 'manifests' && source.only?.kind === 'ApplicationSet'
