import type { Deployer } from '../deployer.ts'
import { flux } from '../flux/flux.ts'
import { awaitBrought } from './await-brought.ts'
import { deliverObjects } from './deliver-objects.ts'
import { probeObjects } from './probe-objects.ts'
import { takeAwayOrder } from './take-away-order.ts'
import { workloadsMade } from './workloads-made.ts'

/** Flux, by objects that the user wrote. */
export const fluxObjects: Deployer = {
  ...flux,
  refs: takeAwayOrder,
  deliver: deliverObjects,
  awaitHealth: awaitBrought,
  made: workloadsMade,
  probe: probeObjects,
}
