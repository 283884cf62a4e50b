import { imageRefTrouble } from '../../config/parse/image-ref.ts'
import { isMore, quantity } from '../../cluster/ready/quantity.ts'
import { fieldsAt, textAt, valueAt, type Fields } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import { nearest } from '../../core/suggest.ts'
import type { Finding } from '../schema/check.ts'
import { shown, whatItIs, type Path } from '../schema/words.ts'
import { doubtful, refused } from './finding.ts'
import { indexed, type ContainerAt } from './pod-at.ts'
import { portName, qualifiedName } from './syntax.ts'

/** What the API refuses in a container. */
export const containerFindings = ({ path, container, list }: ContainerAt, minor: number): readonly Finding[] => [
  ...imageFindings(path, container),
  ...privilegeFindings(path, container),
  ...envFindings(path, container, minor),
  ...portFindings(path, container),
  ...probeFindings(path, container, list),
  ...resourceFindings([...path, 'resources'], fieldsAt(container, 'resources')),
]

const imageFindings = (path: Path, container: Fields): readonly Finding[] => {
  const image = textAt(container, 'image') ?? ''
  const at = [...path, 'image']
  if (image !== image.trim()) return [refused(at, `is ${whatItIs(image)}, with blanks around it`)]
  // The API takes it, and pods end as InvalidImageName.
  const trouble = image === '' ? undefined : imageRefTrouble(image)
  return trouble === undefined
    ? []
    : [doubtful(at, `${shown(at)} is ${whatItIs(image)}, which is no name of an image: ${trouble}`)]
}

/** A privileged container may always raise its privileges. */
const privilegeFindings = (path: Path, container: Fields): readonly Finding[] => {
  const { privileged, allowPrivilegeEscalation } = fieldsAt(container, 'securityContext')
  return privileged === true && allowPrivilegeEscalation === false
    ? [refused([...path, 'securityContext', 'allowPrivilegeEscalation'], 'is false beside `privileged: true`')]
    : []
}

const envFindings = (path: Path, container: Fields, minor: number): readonly Finding[] => [
  ...indexed(container['env']).flatMap(([index, variable]): readonly Finding[] => {
    const at = [...path, 'env', index]
    const name = textAt(variable, 'name') ?? ''
    const from = variable['valueFrom']
    const sources = isRecord(from) ? Object.keys(from).filter((key) => from[key] !== null) : []
    const field = textAt(from, 'fieldRef', 'fieldPath')
    return [
      ...(isVariable(name, minor)
        ? []
        : [refused([...at, 'name'], `is ${whatItIs(name)}, which is no name of a variable`)]),
      ...(textAt(variable, 'value') && sources.length > 0
        ? [refused([...at, 'valueFrom'], 'stands beside a value: a variable has one of the two')]
        : []),
      ...(isRecord(from) && sources.length === 0 ? [refused([...at, 'valueFrom'], 'names no source')] : []),
      ...(sources.length > 1 ? [refused([...at, 'valueFrom'], `names several sources: ${sources.join(', ')}`)] : []),
      ...(field !== undefined && !fieldPath.test(field)
        ? [
            refused(
              [...at, 'valueFrom', 'fieldRef', 'fieldPath'],
              `is ${whatItIs(field)}, which pods do not offer`,
              fieldHint,
            ),
          ]
        : []),
    ]
  }),
  ...indexed(container['envFrom']).flatMap(([index, source]): readonly Finding[] =>
    isRecord(source['configMapRef']) || isRecord(source['secretRef'])
      ? []
      : [refused([...path, 'envFrom', index], 'names neither a configMapRef nor a secretRef')],
  ),
]

const fieldPath =
  /^(?:metadata\.(?:name|namespace|uid|(?:labels|annotations)\['[^']+'\])|spec\.(?:nodeName|serviceAccountName)|status\.(?:hostIPs?|podIPs?))$/
const fieldHint =
  "It takes metadata.name, .namespace, .uid, .labels['key'], .annotations['key'], spec.nodeName, spec.serviceAccountName, status.hostIP and status.podIP."

/** Nearly anything since Kubernetes 1.32. */
const isVariable = (name: string, minor: number): boolean =>
  name === '' || (minor >= 32 ? /^[ -<>-~]+$/.test(name) : /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name))

const portFindings = (path: Path, container: Fields): readonly Finding[] => {
  const seen = new Set<string>()
  return indexed(container['ports']).flatMap(([index, port]): readonly Finding[] => {
    const name = textAt(port, 'name') ?? ''
    if (name === '') return []
    const at = [...path, 'ports', index, 'name']
    const wrong = portName(name)
    if (wrong !== undefined) return [refused(at, wrong)]
    if (seen.has(name)) return [refused(at, `is ${name}, as another port of the container is called already`)]
    seen.add(name)
    return []
  })
}

const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc']

const probeFindings = (path: Path, container: Fields, list: string): readonly Finding[] => {
  const names = indexed(container['ports']).flatMap(([, port]) => textAt(port, 'name') ?? [])
  const isSidecar = list === 'initContainers' && container['restartPolicy'] === 'Always'
  return [
    ...['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((field): readonly Finding[] => {
      const probe = container[field]
      if (!isRecord(probe)) return []
      const at = [...path, field]
      const one = probe['successThreshold']
      return [
        ...(list === 'initContainers' && !isSidecar
          ? [
              refused(
                at,
                'is one of an init container, which is not probed',
                'Take it out, or write `restartPolicy: Always` for a sidecar.',
              ),
            ]
          : []),
        ...handlerFindings(at, probe, handlers, names),
        ...(field !== 'readinessProbe' && typeof one === 'number' && one > 1
          ? [refused([...at, 'successThreshold'], `is ${one} where 1 belongs: only a readinessProbe may ask for more`)]
          : []),
      ]
    }),
    ...['postStart', 'preStop'].flatMap((field): readonly Finding[] => {
      const hook = valueAt(container, 'lifecycle', field)
      return isRecord(hook)
        ? handlerFindings([...path, 'lifecycle', field], hook, ['exec', 'httpGet', 'tcpSocket', 'sleep'], names)
        : []
    }),
  ]
}

const handlerFindings = (
  path: Path,
  probe: Fields,
  known: readonly string[],
  ports: readonly string[],
): readonly Finding[] => {
  const written = known.filter((key) => isRecord(probe[key]))
  return [
    ...(written.length === 0 ? [refused(path, `says no way to ask: ${known.join(', ')}`)] : []),
    ...(written.length > 1 ? [refused(path, `says several ways to ask: ${written.join(', ')}`)] : []),
    ...['httpGet', 'tcpSocket'].flatMap((key): readonly Finding[] => {
      const port = valueAt(probe, key, 'port')
      if (typeof port !== 'string' || port === '' || ports.includes(port)) return []
      const at = [...path, key, 'port']
      if (/^\d+$/.test(port))
        return [
          refused(
            at,
            `is the text "${port}" where a number or the name of a port belongs`,
            `Write ${port} without quotes.`,
          ),
        ]
      const near = nearest(port, ports)
      return [
        {
          path: at,
          kind: portName(port) === undefined ? 'wrong' : 'refused',
          message: `${shown(at)} is ${port}, and the container has no port of that name${ports.length > 0 ? ` (it has ${ports.join(', ')})` : ''}`,
          hint: near === undefined ? 'Name a port under `ports:`, or write its number.' : `Did you mean \`${near}\`?`,
        },
      ]
    }),
  ]
}

/** Requests above their limits, amounts below zero, and names that are none. */
const resourceFindings = (path: Path, resources: Fields): readonly Finding[] => {
  const limits = fieldsAt(resources, 'limits')
  return ['limits', 'requests'].flatMap((part) =>
    Object.entries(fieldsAt(resources, part)).flatMap(([name, value]): readonly Finding[] => {
      const at = [...path, part, name]
      const amount = quantity(value)
      const limit = quantity(limits[name])
      if (!isResource(name)) {
        const near = nearest(name, resourceNames)
        return [
          refused(
            at,
            'is no resource that Kubernetes knows',
            near === undefined ? undefined : `Did you mean \`${near}\`?`,
          ),
        ]
      }
      if (amount === undefined) return []
      if (amount < 0) return [refused(at, `is ${String(value)}, less than nothing`)]
      return part === 'requests' && limit !== undefined && isMore(amount, limit)
        ? [refused(at, `is ${String(value)}, more than its limit ${String(limits[name])}`)]
        : []
    }),
  )
}

const resourceNames = ['cpu', 'memory', 'ephemeral-storage', 'storage']

/** Extended resources have a domain; `hugepages-2Mi`. */
const isResource = (name: string): boolean =>
  resourceNames.includes(name) ||
  name.startsWith('hugepages-') ||
  (name.includes('/') && qualifiedName(name) === undefined)
