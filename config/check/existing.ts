import type { FileConfig } from '../schema/file.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { Checked } from './known.ts'

/** Keys of a cluster that is made. */
const ofMade = ['kubernetes', 'nodes', 'workers', 'onPortConflict', 'registry', 'mirrors', 'kind'] as const

/** What makes no sense beside `cluster.context`, and what only does beside it. */
export const checkExisting = (file: FileConfig, { config, findings }: Checked): void => {
  const refuse = (path: Path, why: string, hint: string): void =>
    findings.error({ path, key: true, message: `${showPath(path)}: ${why}.`, hint })
  const context = file.cluster?.context
  if (context === undefined) {
    if (file.hosts?.address !== undefined)
      refuse(
        ['hosts', 'address'],
        'the names of a cluster that is made lead to the ports of its nodes',
        'Take it away; it goes with cluster.context.',
      )
    return
  }
  for (const key of ofMade) {
    const value = file.cluster?.[key]
    if (value === undefined || value === false) continue
    refuse(
      ['cluster', key],
      `it describes a cluster that is made, and cluster.context takes ${context}, which is there`,
      `Keep one of the two. A layer or a profile takes a key away with null: cluster: { context: ${context}, ${key}: null }`,
    )
  }
  if (file.tools?.kind !== undefined)
    refuse(['tools', 'kind'], 'nothing calls kind for a cluster that is there', 'Take it away.')
  for (const { name, expose, gitops } of config.services) {
    for (const [index, { hostPort }] of expose.entries())
      if (hostPort !== undefined)
        refuse(
          ['services', name, 'expose', index, 'hostPort'],
          `no port of this machine can be led into the cluster of ${context}, because its nodes are there already`,
          'Give it a host, which the Ingress serves, or a Service of type LoadBalancer.',
        )
    if (gitops)
      refuse(
        ['services', name, 'gitops'],
        `what the controller deploys is handed to it by the local registry, and the cluster of ${context} has none of ours`,
        'Take gitops away with cluster.context: the service is then deployed directly.',
      )
  }
}
