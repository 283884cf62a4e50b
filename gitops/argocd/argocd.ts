import type { Deployer } from '../deployer.ts'
import { managers } from '../hand-over.ts'
import { applicationRef } from './application.ts'
import { argoTrouble } from './controllers.ts'
import { deployedByApplication, isKeptByArgocd, isOfApplication, unmarkedForArgocd } from './deployed.ts'
import { deliver } from './deliver.ts'
import { probeSynced } from './probe.ts'
import { detach, goOn, pause } from './remove.ts'
import { awaitHealth } from './sync.ts'

/** Argo CD: one Application for each service and environment. */
export const argocd: Deployer = {
  title: 'Argo CD',
  manager: managers.argocd,
  runsHooks: true,
  refs: (delivery) => [applicationRef(delivery)],
  deliver,
  awaitHealth,
  probe: (kube, { delivery }) => probeSynced(kube, delivery),
  pause,
  goOn,
  // Applications of an app of apps are a service each.
  brought: () => Promise.resolve([]),
  deployed: deployedByApplication,
  isOf: isOfApplication,
  unmarked: unmarkedForArgocd,
  keeps: isKeptByArgocd,
  detach,
  trouble: argoTrouble,
}
