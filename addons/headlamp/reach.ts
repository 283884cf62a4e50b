import { numberAt, textAt } from '../../core/fields.ts'
import type { Deployable } from '../../manifests/deployable.ts'
import { labels, stepLabel } from '../../manifests/transform/step-label.ts'

/** Says how to open the page when nothing leads to it from this machine: no host, no Ingress, no node port. */
export const sayHowToReach =
  (namespace: string, url: string | undefined): NonNullable<Deployable['verify']> =>
  async (cluster, ctx) => {
    if (url !== undefined) return
    const kube = await cluster.kube(ctx)
    const labelSelector = `${labels.step}=${stepLabel('addon/headlamp')}`
    const [services, ingresses] = await Promise.all([
      kube.list({ apiVersion: 'v1', kind: 'Service', namespace, labelSelector }),
      kube.list({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace, labelSelector }),
    ])
    const inside = services.find((service) => textAt(service, 'spec', 'type') === 'ClusterIP')
    if (!inside || ingresses.length > 0) return
    ctx.warn(
      `Headlamp has no \`host\`: it opens at http://localhost:4466 while this runs: kubectl --context ${cluster.context} --namespace ${namespace} port-forward service/${inside.metadata.name} 4466:${numberAt(inside, 'spec', 'ports', 0, 'port') ?? 80}`,
    )
  }
