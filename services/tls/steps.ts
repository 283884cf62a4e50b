import { lazyStep } from '../../core/lazy-step.ts'
import type { Step } from '../../core/step.ts'
import type { Deployable } from '../../manifests/deployable.ts'
import type { Listener } from '../../manifests/kinds/listeners.ts'
import { authorityNamespaces, certifiedGateways } from '../../manifests/tls-objects.ts'
import type { UndoDeps } from '../remove/remove.ts'
import { tlsHead, tlsId } from './head.ts'
import type { TlsDeps } from './step.ts'

type Asked = Pick<TlsDeps, 'hosts'> & {
  /** What Gateways of the plan listen at. */
  readonly listeners: readonly Listener[]
  readonly env: TlsDeps['env'] | undefined
  readonly leaves: ReadonlySet<string> | undefined
}

/** The step `tls` of a file that asks for it. Making it starts nothing. */
export const tlsSteps = (
  deployables: readonly Deployable[],
  work: UndoDeps,
  { env = process.env, leaves, hosts, listeners }: Asked,
): readonly Step[] => {
  const { tls, cluster } = work.cluster.config
  const controller = deployables.find(({ needs }) => needs.includes(tlsId))
  if (!tls || !controller) return []
  const port = cluster.nodes.flatMap(({ ports }) => ports).find(({ nodePort }) => nodePort === 443)
  const head = tlsHead([...hosts()].toSorted(), port?.bound ?? port?.hostPort, tls)
  return [
    lazyStep(head, async () => {
      const { tlsStep } = await import('./step.ts')
      return tlsStep(head, {
        work,
        env,
        hosts,
        domains: tls.domains,
        namespace: controller.namespace,
        gatewayNamespaces: certifiedGateways(listeners).filter(
          (namespace) => namespace !== controller.namespace && !leaves?.has(namespace),
        ),
        podNamespaces: authorityNamespaces({ tls }, deployables).filter((namespace) => !leaves?.has(namespace)),
      })
    }),
  ]
}
