import type { KubeObject } from '../../cluster/kube/kube.ts'
import { isCrd, isNamespace } from '../kinds/kind.ts'
import { madeLabel } from './step-label.ts'

const policy = 'helm.sh/resource-policy'

/**
 * What holds objects of others too, a namespace or a definition, is not for helm to delete: it would take all of them
 * along. kindup does it, once nothing is left in it.
 */
export const withoutHarm = (object: KubeObject, { release }: { readonly release?: boolean }): KubeObject => {
  if (!isNamespace(object) && !isCrd(object)) return object
  const { labels, annotations } = object.metadata
  return {
    ...object,
    metadata: {
      ...object.metadata,
      ...(isNamespace(object) ? { labels: { ...labels, [madeLabel]: 'namespace' } } : {}),
      ...(release ? { annotations: { [policy]: 'keep', ...annotations } } : {}),
    },
  }
}

/** The same in the text of a definition, whose schema takes seconds to read. Undefined where it is written in an uncommon way. */
export const keptText = (text: string): string | undefined => {
  const [start] = [/^metadata:[ \t]*$/m.exec(text)]
  if (!start) return undefined
  const from = start.index + start[0].length
  const block = /^(?:\n(?:[ \t].*|[ \t]*|#.*))*/.exec(text.slice(from))?.[0] ?? ''
  const indent = /\n([ \t]+)\S/.exec(block)?.[1]
  if (indent === undefined) return undefined
  if (block.includes(policy)) return text
  const annotations = new RegExp(`\\n${indent}annotations:(.*)`).exec(block)
  if (!annotations)
    return `${text.slice(0, from)}\n${indent}annotations:\n${indent}  ${policy}: keep${text.slice(from)}`
  if ((annotations[1] ?? '').trim() !== '') return undefined
  const at = from + annotations.index + annotations[0].length
  const inner = new RegExp(`^\\n(${indent}[ \\t]+)\\S`).exec(text.slice(at))?.[1] ?? `${indent}  `
  return `${text.slice(0, at)}\n${inner}${policy}: keep${text.slice(at)}`
}
