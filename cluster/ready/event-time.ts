import type { PodEvent } from '../kube/models.ts'

/** When an event was last seen, in milliseconds; 0 where it does not say. */
export const timeOf = ({ lastTimestamp, eventTime, metadata }: PodEvent): number =>
  Date.parse(lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '') || 0
