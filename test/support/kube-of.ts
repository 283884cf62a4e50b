import type { Kube } from '../../cluster/kube/kube.ts'

const unexpected = (): never => {
  throw new Error('the stand-in was not told about this')
}

/** An API that knows what it was told, and throws for all else. */
export const kubeOf = (told: Partial<Kube>): Kube => ({
  get: unexpected,
  list: unexpected,
  listMetadata: unexpected,
  kinds: unexpected,
  apply: unexpected,
  tryApply: unexpected,
  create: unexpected,
  replace: unexpected,
  mergePatch: unexpected,
  patchStatus: unexpected,
  delete: unexpected,
  deleteAll: unexpected,
  evict: unexpected,
  watch: unexpected,
  logs: unexpected,
  speech: unexpected,
  askService: unexpected,
  served: unexpected,
  version: unexpected,
  ...told,
})
