import { isIP } from 'node:net'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { fieldsAt, mapsAt, textAt, valueAt, indexedTexts } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import { groupKind } from '../kinds/kind.ts'
import type { Finding } from '../schema/check.ts'
import { whatItIs, type Path } from '../schema/words.ts'
import { refused } from './finding.ts'
import { indexed } from './pod-at.ts'
import { dnsSubdomain } from './syntax.ts'

/** What the API refuses in an Ingress. */
export const ingressFindings = (object: KubeObject): readonly Finding[] => {
  if (groupKind(object) !== 'networking.k8s.io/Ingress' || object.apiVersion !== 'networking.k8s.io/v1') return []
  const spec = fieldsAt(object, 'spec')
  const hasDefault = isRecord(spec['defaultBackend'])
  return [
    ...(!hasDefault && mapsAt(spec, 'rules').length === 0
      ? [refused(['spec'], 'has neither rules nor a defaultBackend')]
      : []),
    ...(hasDefault ? backendFindings(['spec', 'defaultBackend'], spec['defaultBackend']) : []),
    ...indexed(spec['rules']).flatMap(([index, rule]) => [
      ...hostFindings(['spec', 'rules', index, 'host'], textAt(rule, 'host') ?? ''),
      ...indexed(valueAt(rule, 'http', 'paths')).flatMap(([at, path]) =>
        pathFindings(['spec', 'rules', index, 'http', 'paths', at], path),
      ),
    ]),
    ...indexed(spec['tls']).flatMap(([index, tls]) =>
      indexedTexts(tls['hosts']).flatMap(([at, host]) => hostFindings(['spec', 'tls', index, 'hosts', at], host)),
    ),
  ]
}

const hostFindings = (path: Path, host: string): readonly Finding[] => {
  if (host === '') return []
  if (isIP(host) !== 0) return [refused(path, `is ${host}, an address where the name of a host belongs`)]
  const name = host.startsWith('*.') ? host.slice(2) : host
  if (dnsSubdomain(name) === undefined) return []
  const [, plain] = /^(?:https?:\/\/)?([^/:]+)/.exec(host) ?? []
  return [
    refused(
      path,
      `is ${whatItIs(host)} where the name of a host belongs, in small letters, without a port or a path`,
      plain !== undefined && dnsSubdomain(plain.toLowerCase()) === undefined
        ? `Write ${plain.toLowerCase()}.`
        : undefined,
    ),
  ]
}

const pathFindings = (at: Path, one: Readonly<Record<string, unknown>>): readonly Finding[] => {
  const path = textAt(one, 'path') ?? ''
  const type = textAt(one, 'pathType') ?? ''
  const isRelative = path === '' ? type === 'Exact' || type === 'Prefix' : !path.startsWith('/')
  return [
    ...(isRelative
      ? [refused([...at, 'path'], `is ${path === '' ? 'missing' : whatItIs(path)}: it begins with a slash`)]
      : []),
    ...(isRecord(one['backend']) ? backendFindings([...at, 'backend'], one['backend']) : []),
  ]
}

const backendFindings = (at: Path, backend: unknown): readonly Finding[] => {
  const service = valueAt(backend, 'service')
  const resource = valueAt(backend, 'resource')
  if (isRecord(resource))
    return isRecord(service) ? [refused(at, 'names a service and a resource: it has one of the two')] : []
  if (!isRecord(service)) return [refused(at, 'names no service')]
  const { name, number } = fieldsAt(service, 'port')
  const named = typeof name === 'string' && name !== ''
  const numbered = typeof number === 'number' && number !== 0
  if (named && numbered) return [refused([...at, 'service', 'port'], 'has a name and a number: it has one of the two')]
  return named || numbered || name !== undefined || number !== undefined
    ? []
    : [refused([...at, 'service', 'port'], 'is missing: `number` or `name`')]
}
