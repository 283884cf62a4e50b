import { apiVersionOf } from './kinds.ts'
import type { Kind } from './kinds.ts'

/** What `kubectl get all` shows. */
const inAll = new Set(['Pod', 'Service', 'Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob'])

const verbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']

/** What discovery and the OpenAPI pages answer; undefined for a path that is none of theirs. */
export const discover = (path: string, kinds: readonly Kind[], address: string): object | undefined => {
  const groups = [...new Set(kinds.map(({ group }) => group).filter((group) => group !== ''))]
  if (path === '/api')
    return {
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: address }],
    }
  if (path === '/apis')
    return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map((group) => groupOf(group, kinds)) }
  if (path === '/openapi/v3')
    return {
      paths: Object.fromEntries(
        versionsOf(kinds).map((kind) => [pageOf(kind), { serverRelativeURL: `/openapi/v3/${pageOf(kind)}` }]),
      ),
    }
  const page = versionsOf(kinds).find((kind) => path === `/openapi/v3/${pageOf(kind)}`)
  if (page) return openapi(page, kinds)
  const version = versionsOf(kinds).find((kind) => path === `/${pageOf(kind)}`)
  if (version) return resources(version, kinds)
  const group = groups.find((name) => path === `/apis/${name}`)
  return group === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group, kinds) }
}

const versionsOf = (kinds: readonly Kind[]): readonly Kind[] => [
  ...new Map(kinds.map((kind) => [apiVersionOf(kind), kind])).values(),
]

const pageOf = (kind: Kind): string => (kind.group === '' ? `api/${kind.version}` : `apis/${apiVersionOf(kind)}`)

const groupOf = (group: string, kinds: readonly Kind[]): object => {
  const versions = [...new Set(kinds.filter((kind) => kind.group === group).map(({ version }) => version))]
  const named = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }))
  return { name: group, versions: named, preferredVersion: named[0] }
}

const isBeside = (one: Kind, other: Kind): boolean => one.group === other.group && one.version === other.version

const resources = (version: Kind, kinds: readonly Kind[]): object => ({
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: apiVersionOf(version),
  resources: kinds
    .filter((kind) => isBeside(kind, version))
    .flatMap(({ plural, kind, namespaced, short, hasStatus }) => [
      {
        name: plural,
        singularName: kind.toLowerCase(),
        namespaced,
        kind,
        verbs,
        shortNames: short,
        ...(inAll.has(kind) && { categories: ['all'] }),
      },
      ...(hasStatus
        ? [{ name: `${plural}/status`, singularName: '', namespaced, kind, verbs: ['get', 'patch', 'update'] }]
        : []),
      ...(kind === 'Pod' ? [{ name: 'pods/log', singularName: '', namespaced, kind: 'Pod', verbs: ['get'] }] : []),
    ]),
})

/** No schemas: only that the server itself checks fields, so that clients do not. */
const openapi = (version: Kind, kinds: readonly Kind[]): object => ({
  openapi: '3.0.0',
  info: { title: 'Kubernetes', version: 'v1' },
  paths: Object.fromEntries(
    kinds
      .filter((kind) => isBeside(kind, version))
      .map((kind) => [
        `/${pageOf(kind)}/${kind.namespaced ? 'namespaces/{namespace}/' : ''}${kind.plural}/{name}`,
        {
          patch: {
            operationId: `patch${kind.kind}`,
            parameters: ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
              name,
              in: 'query',
              schema: { type: 'string', uniqueItems: true },
            })),
            responses: { '200': { description: 'OK' } },
            'x-kubernetes-action': 'patch',
            'x-kubernetes-group-version-kind': { group: kind.group, kind: kind.kind, version: kind.version },
          },
        },
      ]),
  ),
  components: {},
})
