import type { Pin } from './pins.ts'

/** Whether two pins are of the same image: registries and folders may differ between environments. */
export const sameImage = (one: Pin, other: Pin): boolean => one.image === other.image || one.kind !== other.kind
