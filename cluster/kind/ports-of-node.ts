import type { ClusterConfig, EngineName, PortConfig } from '../../config/config.ts'
import { textAt } from '../../core/fields.ts'

type Cluster = Pick<ClusterConfig, 'kind'>

/** Whether what reaches a port comes by IPv6, and its node knows IPv4 alone. */
const meetsNobody = ({ address }: PortConfig, { kind }: Cluster): boolean =>
  address.includes(':') && !['ipv6', 'dual'].includes(textAt(kind, 'networking', 'ipFamily') ?? '')

/**
 * Ports that a node is made with. Docker sends what comes in by IPv6 to the IPv6 address that each container of the
 * network of kind has, and nothing of a cluster of IPv4 listens there: such a port is led by a forwarder, which has none.
 */
export const portsOfNode = (
  ports: readonly PortConfig[],
  cluster: Cluster,
  engine: { readonly name: EngineName },
): readonly PortConfig[] => (engine.name === 'docker' ? ports.filter((port) => !meetsNobody(port, cluster)) : ports)
