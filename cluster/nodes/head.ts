import type { StepHead } from '../../core/lazy-step.ts'

/** The entry of the nodes in the record. */
export const nodesStep = {
  id: 'cluster/nodes',
  of: { kind: 'cluster', name: 'nodes' },
  title: 'Nodes',
  kind: 'cluster',
  needs: ['cluster/api'],
} as const

/** What a plan shows of the nodes. */
export const nodesHead = (nodes: readonly unknown[]): StepHead => ({
  id: nodesStep.id,
  of: nodesStep.of,
  title: `${nodes.length} node${nodes.length === 1 ? '' : 's'}`,
  needs: nodesStep.needs,
  dies: 'with-cluster',
})
