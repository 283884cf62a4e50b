import type { KubeObject } from '../../cluster/kube/kube.ts'
import { fieldsAt } from '../../core/fields.ts'
import { groupOf } from '../kinds/kind.ts'
import { isBuiltIn } from '../kinds/built-in.ts'
import type { Finding } from '../schema/check.ts'
import { shown, type Path } from '../schema/words.ts'
import { refused } from './finding.ts'
import {
  configKey,
  dnsLabel,
  dnsLabelOfLetters,
  dnsSubdomain,
  labelValue,
  pathSegment,
  qualifiedName,
  type Syntax,
} from './syntax.ts'

/** All annotations of an object together. */
const annotationBytes = 256 * 1024
/** All data of a ConfigMap or Secret together. */
const dataBytes = 1024 * 1024

/** Names, labels, annotations and keys that the API refuses because of how they are written. */
export const nameFindings = (object: KubeObject, minor: number): readonly Finding[] => [
  ...ownName(object, minor),
  ...metadataFindings(object, ['metadata']),
  ...keyFindings(object),
]

const ownName = (object: KubeObject, minor: number): readonly Finding[] => {
  const { name, namespace } = object.metadata
  const wrong = name === '' || !isBuiltIn(object) ? undefined : syntaxOf(object, minor)(name)
  const elsewhere = namespace === undefined ? undefined : dnsLabel(namespace)
  const longest = object.kind === 'CronJob' && groupOf(object.apiVersion) === 'batch' ? 52 : Infinity
  return [
    ...(wrong === undefined ? [] : [refused(['metadata', 'name'], wrong)]),
    ...(elsewhere === undefined ? [] : [refused(['metadata', 'namespace'], elsewhere)]),
    ...(name.length > longest
      ? [
          refused(
            ['metadata', 'name'],
            `has ${name.length} characters where at most ${longest} belong: Jobs get longer ones`,
          ),
        ]
      : []),
  ]
}

const syntaxOf = ({ apiVersion, kind }: KubeObject, minor: number): Syntax => {
  if (groupOf(apiVersion) === 'rbac.authorization.k8s.io') return pathSegment
  // Requests and bundles are named by whoever makes them, addresses by what they are.
  if (
    groupOf(apiVersion) === 'certificates.k8s.io' ||
    (groupOf(apiVersion) === 'networking.k8s.io' && kind === 'IPAddress')
  )
    return pathSegment
  if (apiVersion !== 'v1') return dnsSubdomain
  if (kind === 'Namespace') return dnsLabel
  if (kind === 'Service') return minor >= 36 ? dnsLabel : dnsLabelOfLetters
  return dnsSubdomain
}

/** Labels and annotations, of an object or of a pod template in it. */
export const metadataFindings = (object: KubeObject, path: Path): readonly Finding[] => {
  const annotations = fieldsAt(object, ...path, 'annotations')
  const size = Object.entries(annotations).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(String(value)),
    0,
  )
  return [
    ...labelFindings(fieldsAt(object, ...path, 'labels'), [...path, 'labels']),
    ...Object.keys(annotations).flatMap((key) => {
      // The API looks at the small letters of it.
      const wrong = qualifiedName(key.toLowerCase())
      return wrong === undefined ? [] : [inKey([...path, 'annotations', key], wrong)]
    }),
    ...(size > annotationBytes
      ? [
          refused(
            [...path, 'annotations'],
            `hold ${size} bytes, and all of an object together may have ${annotationBytes}`,
          ),
        ]
      : []),
  ]
}

export const labelFindings = (labels: Readonly<Record<string, unknown>>, path: Path): readonly Finding[] =>
  Object.entries(labels).flatMap(([key, value]) => {
    const wrong = qualifiedName(key)
    if (wrong !== undefined) return [inKey([...path, key], wrong)]
    const inValue = typeof value === 'string' ? labelValue(value) : undefined
    return inValue === undefined ? [] : [refused([...path, key], inValue)]
  })

const inKey = (path: Path, wrong: string): Finding => ({
  path,
  kind: 'refused',
  message: `A key of ${shown(path.slice(0, -1))} ${wrong}`,
})

const keyFindings = (object: KubeObject): readonly Finding[] => {
  if (object.apiVersion !== 'v1' || !['ConfigMap', 'Secret'].includes(object.kind)) return []
  const parts = ['data', 'stringData', 'binaryData'] as const
  const size = parts.reduce(
    (sum, part) =>
      sum + bytesOf(fieldsAt(object, part), part === 'binaryData' || (part === 'data' && object.kind === 'Secret')),
    0,
  )
  return [
    ...parts.flatMap((part) =>
      Object.keys(fieldsAt(object, part)).flatMap((key) => {
        const wrong = configKey(key)
        return wrong === undefined ? [] : [inKey([part, key], wrong)]
      }),
    ),
    ...(size > dataBytes ? [refused(['data'], `holds ${size} bytes, and a ${object.kind} takes ${dataBytes}`)] : []),
  ]
}

const bytesOf = (data: Readonly<Record<string, unknown>>, encoded: boolean): number =>
  Object.values(data).reduce<number>((sum, value) => {
    const length = typeof value === 'string' ? Buffer.byteLength(value) : 0
    return sum + (encoded ? Math.floor((length * 3) / 4) : length)
  }, 0)
