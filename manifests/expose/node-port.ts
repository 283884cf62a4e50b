import type { Config } from '../../config/config.ts'

/** Where Kubernetes takes node ports from unless told otherwise. */
const range = { from: 30_000, to: 32_767 }

type Answer = { readonly nodePort: number } | { readonly problem: string; readonly hint: string }

/** The node port that the cluster maps to a port of this machine; `0` means the one mapping to any free port. */
export const nodePortFor = (hostPort: number, protocol: string, config: Config): Answer => {
  const mapped = config.cluster.nodes
    .flatMap(({ ports }) => ports)
    .filter((port) => port.hostPort === hostPort && port.protocol.toUpperCase() === protocol.toUpperCase())
  const usable = mapped.filter(({ nodePort }) => nodePort >= range.from && nodePort <= range.to)
  const [only] = usable
  const example = `\`ports: ["${hostPort}:30080"]\` on one node (a node port is ${range.from} to ${range.to})`
  if (only && (hostPort !== 0 || usable.length === 1)) return { nodePort: only.nodePort }
  if (only)
    return {
      problem: `hostPort 0 is meant for one of several mappings: ${usable.map(({ nodePort }) => `0:${nodePort}`).join(', ')}.`,
      hint: 'Give the mappings host ports of their own, and name one here.',
    }
  const [wrong] = mapped
  if (wrong)
    return {
      problem: `Port ${hostPort} of this machine leads to node port ${wrong.nodePort}, which no Service can take.`,
      hint: `Write ${example}.`,
    }
  return {
    problem: `No node maps port ${hostPort} of this machine${protocol === 'TCP' ? '' : ` for ${protocol}`}.`,
    hint: `Add ${example}.`,
  }
}
