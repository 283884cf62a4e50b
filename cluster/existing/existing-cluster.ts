import type { NodeConfig } from '../../config/config.ts'
import { once } from '../../core/shared.ts'
import type { Port } from '../../core/step.ts'
import type { Cluster } from '../cluster.ts'
import type { MadeCluster } from '../made-cluster.ts'
import { defaultKubeconfigFile } from '../kubeconfig/default-file.ts'
import { accepts } from '../network/accepts.ts'
import { namedNodes } from '../nodes/may-run.ts'
import { findContext } from './context.ts'
import { nodesSeen } from './inspect.ts'
import { findExisting } from './find-existing.ts'
import { takeExistingMark } from './mark.ts'
import { existingApiStep } from './step.ts'

type Options = Pick<Cluster, 'config' | 'run' | 'tools' | 'load' | 'missing'> &
  Pick<MadeCluster, 'access' | 'engine' | 'imageStores' | 'settled'> & {
    readonly context: string
    readonly env: Readonly<Record<string, string | undefined>>
  }

/** The cluster of a context, as one run of kindup sees it: nothing of it is made or taken away but what the file has for it. */
export const existingCluster = (options: Options): MadeCluster => {
  const { config, access, context, env, engine, load, missing, ...rest } = options
  const nodes = namedNodes(config.name, config.cluster.nodes)
  const probe = once(() => findExisting({ context, access, env, engine }))
  const isSent = async (): Promise<boolean> => (await probe()).images === 'sent'
  return {
    ...rest,
    config,
    context,
    nodes,
    engine,
    access,
    kubeconfig: () => access.kubeconfig(),
    kube: () => access.kube(),
    record: () => access.record(),
    // What goes by the record alone has a file that nobody settled.
    ports: async () =>
      openPorts(config.cluster.existing ? config.cluster.nodes : nodesSeen(await probe(), config.hosts.address)),
    // Who runs it starts its nodes: what the API says of them counts.
    nodeStarts: () => Promise.resolve(new Map()),
    load: async (images, containers, ctx) => ((await isSent()) ? load(images, containers, ctx) : []),
    loadEarly: () => undefined,
    missing: async (images, containers, ctx) => ((await isSent()) ? missing(images, containers, ctx) : []),
    steps: [existingApiStep({ config, context, access, probe, forget: access.forget })],
    undoers: {},
    registry: undefined,
    takeMarker: async () => {
      const { hosts, name, file } = config
      const hostsFile = hosts.mode === 'file' ? { hostsFile: hosts.file } : {}
      await takeExistingMark(await access.kube(), context, { name, config: file, ...hostsFile })
    },
    userKubeconfig: () =>
      findContext(context, env).then(
        ({ file }) => file,
        () => defaultKubeconfigFile(env),
      ),
  }
}

/** The ports of the nodes that lead somewhere by now: of a cluster that others made, nobody promises any. */
const openPorts = async (nodes: readonly NodeConfig[]): Promise<readonly Port[]> => {
  const ports = nodes.flatMap((node) => node.ports)
  const open = await Promise.all(ports.map(({ address, hostPort }) => accepts(address, hostPort)))
  return ports
    .filter((_port, index) => open[index])
    .map(({ address, hostPort, nodePort, protocol }) => ({ address, hostPort, nodePort, protocol }))
}
