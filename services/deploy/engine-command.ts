import type { Cluster } from '../../cluster/cluster.ts'

/** What people type to ask the engine of the nodes. The nodes of an existing cluster may have none that answers here. */
export const engineCommand = async (cluster: Pick<Cluster, 'config' | 'engine'>): Promise<string> =>
  isElsewhere(cluster) ? 'docker' : (await cluster.engine()).command

/** Whether the nodes are no containers of an engine of this machine. */
export const isElsewhere = ({ config: { cluster } }: Pick<Cluster, 'config'>): boolean =>
  cluster.context !== undefined && cluster.existing?.provider !== 'kind'
