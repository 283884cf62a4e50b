import type { Kube, KubeObject, Ref } from '../cluster/kube/kube.ts'

const isWorkload = ({ apiVersion, kind }: Ref): boolean =>
  (apiVersion === 'apps/v1' && ['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind)) ||
  (apiVersion === 'batch/v1' && kind === 'Job')

/** The workloads among objects, as they stand. */
export const workloadsAmong = async (kube: Kube, refs: readonly Ref[]): Promise<readonly KubeObject[]> =>
  (await Promise.all(refs.filter(isWorkload).map((ref) => kube.get(ref)))).flatMap((live) => live ?? [])
