import type { Ref } from '../cluster/kube/kube.ts'
import { argocd } from './argocd/argocd.ts'
import type { Delivery } from './delivery.ts'
import type { Deployer } from './deployer.ts'
import { flux } from './flux/flux.ts'
import { argocdRemote } from './remote/argocd-remote.ts'
import { fluxRemote } from './remote/flux-remote.ts'
import { fluxObjects } from './flux-objects/flux-objects.ts'

/** The GitOps controllers that kindup hands services to. */
const deployers: Readonly<Record<Delivery['tool'], Deployer>> = { argocd, flux }

/** The same, of what this repository's git remote holds. */
const fromRemote: typeof deployers = { argocd: argocdRemote, flux: fluxRemote }

/** Who deploys by this way. */
export const deployerFor = ({ tool, objects, remote }: Pick<Delivery, 'tool' | 'objects' | 'remote'>): Deployer => {
  if (remote) return fromRemote[tool]
  return objects === undefined ? deployers[tool] : fluxObjects
}

/** Whose object this is, by its API group. */
export const deployerOf = ({ apiVersion }: Pick<Ref, 'apiVersion'>): Deployer =>
  /\.toolkit\.fluxcd\.io\//.test(apiVersion) ? flux : argocd
