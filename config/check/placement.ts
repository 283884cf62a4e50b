import { nearest } from '../../core/suggest.ts'
import type { Labels } from '../config.ts'
import { labelKeyTrouble, labelValueTrouble, nodeLabelTrouble } from '../parse/label.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { Checked } from './known.ts'

// The kubelet sets these by itself, so that no file has to name them.
const ofKubernetes = /(^|\.)(kubernetes|k8s)\.io\//

/** Labels that Kubernetes would refuse, and placements that no node of the file fits. */
export const checkPlacement = (checked: Checked): void => {
  const { config, findings } = checked
  const { nodes, kind, context } = config.cluster
  const sure = findings.intact(['cluster', 'nodes']) && findings.intact(['cluster', 'workers'])
  const wellFormed = (labels: Labels, path: Path, more: typeof nodeLabelTrouble = () => undefined): void => {
    for (const [key, value] of Object.entries(labels)) {
      const wrongKey = labelKeyTrouble(key) ?? more(key)
      const trouble = wrongKey ?? labelValueTrouble(value)
      if (trouble === undefined) continue
      findings.error({
        path: [...path, key],
        ...(wrongKey === undefined ? {} : { key: true }),
        message: `${showPath(path)}: ${trouble}.`,
      })
    }
  }
  for (const [index, node] of nodes.entries())
    wellFormed(node.labels, ['cluster', 'nodes', index, 'labels'], nodeLabelTrouble)

  const placed = [
    ...config.addons.map(({ name, placement }) => ({ path: ['addons', name, 'placement'], placement })),
    ...config.services.map(({ name, placement }) => ({ path: ['services', name, 'placement'], placement })),
  ]
  for (const { path, placement } of placed) {
    if (placement === undefined) continue
    wellFormed(placement, path)
    checkOwnLabels(placement, path, checked)
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

/** Labels that nodes have by themselves: what they say is known of nodes of kind. */
const checkOwnLabels = (placement: Labels, path: Path, { config, findings }: Checked): void => {
  const { 'kubernetes.io/os': os, 'kubernetes.io/hostname': host } = placement
  if (os !== undefined && os !== 'linux')
    findings.error({
      path: [...path, 'kubernetes.io/os'],
      message: `${showPath([...path, 'kubernetes.io/os'])} is ${JSON.stringify(os)}, and nodes of kind run Linux.`,
    })
  const named = new RegExp(`^${config.name}-(?:control-plane|worker)\\d*$`)
  if (host !== undefined && config.cluster.context === undefined && !named.test(host))
    findings.error({
      path: [...path, 'kubernetes.io/hostname'],
      message: `${showPath([...path, 'kubernetes.io/hostname'])} is ${JSON.stringify(host)}, and no node of ${config.name} is called so.`,
      hint: `They are called ${config.name}-control-plane, ${config.name}-worker, ${config.name}-worker2 …`,
    })
}
