import type { KubeObject } from '../../cluster/kube/kube.ts'
import { fieldsAt, listAt, textAt, valueAt, type Fields } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import { nearest } from '../../core/suggest.ts'
import type { Finding } from '../schema/check.ts'
import { shown, whatItIs, type Path } from '../schema/words.ts'
import { containerFindings } from './containers.ts'
import { doubtful, refused } from './finding.ts'
import { labelFindings, metadataFindings } from './names.ts'
import { indexed, podAt, templateAt, type PodAt } from './pod-at.ts'
import { dnsLabel } from './syntax.ts'

/** What the API refuses in a pod, or in what an object makes pods of. */
export const podFindings = (object: KubeObject, minor: number): readonly Finding[] => {
  const pod = podAt(object)
  if (!pod) return []
  const at = templateAt(object) ?? []
  return [
    ...(at.length > 0 ? metadataFindings(object, [...at, 'metadata']) : []),
    ...labelFindings(fieldsAt(pod.spec, 'nodeSelector'), [...pod.path, 'nodeSelector']),
    ...containerNames(pod),
    ...volumeFindings(pod),
    ...mountFindings(object, pod),
    ...pod.containers.flatMap((one) => containerFindings(one, minor)),
    ...hostPorts(pod),
  ]
}

const containerNames = ({ containers }: PodAt): readonly Finding[] => {
  const seen = new Map<string, Path>()
  return containers.flatMap(({ path, container }): readonly Finding[] => {
    const name = textAt(container, 'name')
    if (name === undefined || name === '') return []
    const wrong = dnsLabel(name)
    const first = seen.get(name)
    if (!first) seen.set(name, path)
    // Twice in one list is said by what knows the keys of lists.
    const isOther = first !== undefined && first.at(-2) !== path.at(-2)
    return [
      ...(wrong === undefined ? [] : [refused([...path, 'name'], wrong)]),
      ...(isOther ? [refused([...path, 'name'], `is ${name}, as ${shown(first)} is called already`)] : []),
    ]
  })
}

const volumeFindings = ({ path, spec }: PodAt): readonly Finding[] =>
  indexed(spec['volumes']).flatMap(([index, volume]): readonly Finding[] => {
    const at = [...path, 'volumes', index]
    const name = textAt(volume, 'name')
    const wrong = name === undefined || name === '' ? undefined : dnsLabel(name)
    const sources = Object.keys(volume).filter((key) => key !== 'name')
    const written = sources.filter((key) => volume[key] !== null)
    const [empty] = sources
    return [
      ...(wrong === undefined ? [] : [refused([...at, 'name'], wrong)]),
      // The API makes an emptyDir of what names no source.
      ...(written.length === 0 && empty !== undefined && empty !== 'emptyDir'
        ? [doubtful([...at, empty], `${shown([...at, empty])} is empty: the volume will be an emptyDir`)]
        : []),
      ...(written.length > 1 ? [refused(at, `has several sources: ${written.join(', ')}`)] : []),
    ]
  })

const mountFindings = (object: KubeObject, { spec, containers }: PodAt): readonly Finding[] => {
  const claims = object.kind === 'StatefulSet' ? listAt(object, 'spec', 'volumeClaimTemplates') : []
  const names = [
    ...listAt(spec, 'volumes').flatMap((volume) => textAt(volume, 'name') ?? []),
    ...claims.flatMap((claim) => textAt(claim, 'metadata', 'name') ?? []),
  ]
  return containers.flatMap(({ path, container }) =>
    ['volumeMounts', 'volumeDevices'].flatMap((field) =>
      indexed(container[field]).flatMap(([index, mount]): readonly Finding[] => {
        const name = textAt(mount, 'name')
        if (name === undefined || name === '' || names.includes(name)) return []
        const near = nearest(name, names)
        const has = names.length === 0 ? 'has none' : `has ${names.join(', ')}`
        return [
          refused(
            [...path, field, index, 'name'],
            `is ${name}, and the pod ${names.length === 0 ? 'has no volumes' : `has no such volume (it ${has})`}`,
            near === undefined ? `Add it under \`volumes:\`.` : `Did you mean \`${near}\`?`,
          ),
        ]
      }),
    ),
  )
}

/** A host port is a port of the node: a pod has each once. */
const hostPorts = ({ containers }: PodAt): readonly Finding[] => {
  const seen = new Set<string>()
  return containers
    .filter(({ list }) => list === 'containers')
    .flatMap(({ path, container }) =>
      indexed(container['ports']).flatMap(([index, port]): readonly Finding[] => {
        const host = port['hostPort']
        if (typeof host !== 'number' || host === 0) return []
        const key = [portProtocol(port), textAt(port, 'hostIP') ?? '', host].join(' ')
        if (seen.has(key))
          return [refused([...path, 'ports', index, 'hostPort'], `is ${host}, which the pod has already`)]
        seen.add(key)
        return []
      }),
    )
}

export const portProtocol = (port: Fields): string => {
  const protocol = textAt(port, 'protocol') ?? ''
  return protocol === '' ? 'TCP' : protocol
}

/** Whether a pod template says what its selector asks for, as far as both are written. */
export const selectorFindings = (object: KubeObject): readonly Finding[] => {
  const at = templateAt(object)
  if (!at || at.length !== 2 || object.kind === 'Job' || object.kind === 'ReplicationController') return []
  const selector = valueAt(object, 'spec', 'selector')
  if (!isRecord(selector)) return []
  const labels = fieldsAt(object, ...at, 'metadata', 'labels')
  const wanted = Object.entries(fieldsAt(selector, 'matchLabels'))
  if (wanted.length === 0 && listAt(selector, 'matchExpressions').length === 0)
    return [refused(['spec', 'selector'], 'is empty, and an empty selector takes nothing here')]
  return wanted.flatMap(([key, value]) =>
    labels[key] === value || typeof value !== 'string'
      ? []
      : [
          refused(
            ['spec', 'selector', 'matchLabels', key],
            `asks for ${key}=${value}, and the pods of its own template ${labels[key] === undefined ? 'have no such label' : `have ${whatItIs(labels[key])} there`}`,
            `Write the same label under ${shown([...at, 'metadata', 'labels'])}.`,
          ),
        ],
  )
}
