import type { Labels } from '../../config/config.ts'
import type { Dialect } from './dialects.ts'

type Lines = (args: readonly string[]) => Promise<readonly string[]>

/**
 * The ids of containers that may have a label, as `KEY` or `KEY=VALUE`. Who asks in the same turn of the event loop shares one
 * listing, in which a value with a comma can look like another label: `hasLabel` tells of what was inspected.
 */
export const makeContainerIds = ({ listsLabels }: Dialect, lines: Lines) => {
  let listing: Promise<readonly string[]> | undefined
  const listed = (): Promise<readonly string[]> => {
    // Later, a container may be there that this run has made since.
    if (!listing) setImmediate(() => (listing = undefined))
    return (listing ??= lines(['ps', '--all', '--no-trunc', '--format', '{{.ID}}\t{{.Labels}}']))
  }
  return async (label: string): Promise<readonly string[]> => {
    if (!listsLabels) return lines(['ps', '--all', '--quiet', '--no-trunc', '--filter', `label=${label}`])
    const begin = label.includes('=') ? label : `${label}=`
    return (await listed()).flatMap((line) => {
      const [id = '', labels = ''] = line.split('\t')
      return labels.split(',').some((one) => (begin === label ? one === label : one.startsWith(begin))) ? [id] : []
    })
  }
}

export const hasLabel = (labels: Labels, label: string): boolean => {
  const [key = '', ...value] = label.split('=')
  return labels[key] !== undefined && (value.length === 0 || labels[key] === value.join('='))
}
