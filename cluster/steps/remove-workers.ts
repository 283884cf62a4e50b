import type { Context } from '../../core/step.ts'
import type { Container, Engine } from '../engine/engine.ts'
import { withRole } from '../kind/endpoint.ts'
import type { Kube } from '../kube/kube.ts'
import { drain, lossOf } from '../nodes/drain.ts'
import type { NamedNode } from '../nodes/may-run.ts'

/** Workers of the cluster that the file does not have, the last one first. */
export const extraWorkers = (containers: readonly Container[], nodes: readonly NamedNode[]): readonly string[] =>
  withRole(containers, 'worker')
    .map(({ name }) => name)
    .filter((name) => !nodes.some(({ container }) => container === name))
    .toReversed()

/** Drains workers and takes them away, one after the other. Throws `node-holds-data` before anything is done. */
export const removeWorkers = async (
  workers: readonly string[],
  { kube, engine }: { readonly kube: Kube; readonly engine: Engine },
  ctx: Context,
): Promise<void> => {
  for (const name of workers) {
    const loss = await lossOf(kube, name)
    if (loss) throw loss
  }
  for (const name of workers) {
    const ref = { apiVersion: 'v1', kind: 'Node', name }
    if (await kube.get(ref)) {
      ctx.report(`draining ${name}`)
      await drain(kube, name, ctx)
    }
    ctx.report(`removing ${name}`)
    await kube.delete(ref)
    await engine.removeContainers([name])
  }
}
