import type { Deployer } from '../deployer.ts'
import { managers } from '../hand-over.ts'
import { broughtByRef } from './closure.ts'
import { fluxTrouble } from './controllers.ts'
import { deployedByFlux, isKeptByFlux, isOfFlux, unmarkedForFlux } from './deployed.ts'
import { deliver } from './deliver.ts'
import { probeApplied } from './probe.ts'
import { kustomizationRef, sourceRef } from './objects.ts'
import { detach, goOn, pause } from './remove.ts'

/** Flux: one OCIRepository and one Kustomization for each service and environment. */
export const flux: Deployer = {
  title: 'Flux',
  manager: managers.flux,
  runsHooks: false,
  refs: (delivery) => [kustomizationRef(delivery), sourceRef(delivery)],
  deliver,
  // Ready is waited for when it is applied, and what runs by kindup itself.
  awaitHealth: () => Promise.resolve(),
  probe: probeApplied,
  pause,
  goOn,
  brought: broughtByRef,
  deployed: deployedByFlux,
  isOf: isOfFlux,
  unmarked: unmarkedForFlux,
  keeps: isKeptByFlux,
  detach,
  trouble: fluxTrouble,
}
