import type { ServiceConfig } from './config.ts'

/** Whether a controller reads this repository's git remote for it. Applications and objects of Flux name their remotes themselves. */
export const readsRemote = ({ gitops, deploy }: Pick<ServiceConfig, 'gitops' | 'deploy'>): boolean =>
  gitops?.source === 'remote' && deploy.kind !== 'applications' && deploy.kind !== 'flux'
