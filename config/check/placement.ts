import { nearest } from '../../core/suggest.ts'
import type { Labels } from '../config.ts'
import { labelKeyTrouble, labelValueTrouble } from '../parse/label.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { Checked } from './known.ts'

// The kubelet sets these by itself, so that no file has to name them.
const ofKubernetes = /(^|\.)(kubernetes|k8s)\.io\//

/** Labels that Kubernetes would refuse, and placements that no node of the file fits. */
export const checkPlacement = ({ config, findings }: Checked): void => {
  const { nodes, kind, context } = config.cluster
  const sure = findings.intact(['cluster', 'nodes']) && findings.intact(['cluster', 'workers'])
  const wellFormed = (labels: Labels, path: Path): void => {
    for (const [key, value] of Object.entries(labels)) {
      const wrongKey = labelKeyTrouble(key)
      const trouble = wrongKey ?? labelValueTrouble(value)
      if (trouble === undefined) continue
      findings.error({
        path: [...path, key],
        ...(wrongKey === undefined ? {} : { key: true }),
        message: `${showPath(path)}: ${trouble}.`,
      })
    }
  }
  for (const [index, node] of nodes.entries()) wellFormed(node.labels, ['cluster', 'nodes', index, 'labels'])

  const placed = [
    ...config.addons.map(({ name, placement }) => ({ path: ['addons', name, 'placement'], placement })),
    ...config.services.map(({ name, placement }) => ({ path: ['services', name, 'placement'], placement })),
  ]
  for (const { path, placement } of placed) {
    if (placement === undefined) continue
    wellFormed(placement, path)
    const wanted = Object.entries(placement).filter(([key]) => !ofKubernetes.test(key))
    const fits = nodes.some(({ labels }) => wanted.every(([key, value]) => labels[key] === value))
    // Raw kind nodes may carry any label.
    if (fits || kind['nodes'] !== undefined || context !== undefined || !sure) continue
    const written = wanted.map(([key, value]) => `${key}: ${value}`).join(', ')
    const there = [
      ...new Set(nodes.flatMap(({ labels }) => Object.entries(labels).map(([key, value]) => `${key}: ${value}`))),
    ]
    const near = nearest(written, there)
    findings.error({
      path,
      message: `${showPath(path)} is { ${written} }, and no node has ${wanted.length === 1 ? 'that label' : 'all of these labels'}.`,
      hint:
        near !== undefined
          ? `Did you mean { ${near} }?`
          : there.length > 0
            ? `The nodes have ${there.map((pair) => `{ ${pair} }`).join(', ')}.`
            : `No node has labels. Give one: - { role: worker, labels: { ${written} } }`,
    })
  }
}
