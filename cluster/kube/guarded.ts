import type { Kube } from './kube.ts'

/** The API of which every write waits for `mayWrite`, which throws where nothing more may be written. */
export const guarded = (kube: Kube, mayWrite: () => Promise<void>): Kube => ({
  ...kube,
  apply: async (object) => (await mayWrite(), kube.apply(object)),
  create: async (object) => (await mayWrite(), kube.create(object)),
  replace: async (object) => (await mayWrite(), kube.replace(object)),
  mergePatch: async (ref, patch) => (await mayWrite(), kube.mergePatch(ref, patch)),
  patchStatus: async (ref, patch) => (await mayWrite(), kube.patchStatus(ref, patch)),
  delete: async (ref, how) => (await mayWrite(), kube.delete(ref, how)),
  evict: async (pod) => (await mayWrite(), kube.evict(pod)),
  deleteAll: async (query) => (await mayWrite(), kube.deleteAll(query)),
})
