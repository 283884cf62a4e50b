import type { Obj } from '../api-server/object.ts'
import type { State } from '../api-server/state.ts'
import type { Ask } from './ask.ts'
import type { Access } from './control-plane.ts'

type Resource = { readonly name: string; readonly kind: string; readonly namespaced: boolean }

/** What a real API holds, as tests see and change it. */
export type Memory = Pick<State, 'get' | 'list' | 'put' | 'remove' | 'compact'> & {
  /** One call by its path, with an object; throws what the server refuses. */
  readonly call: (method: string, path: string, object?: object) => Obj | undefined
  /** The path of an object, or of all of its kind. */
  readonly pathOf: (of: { apiVersion: string; kind: string; namespace?: string; name?: string }) => string
}

export const makeMemory = ({ port, etcd }: Access, ask: Ask): Memory => {
  const call: Memory['call'] = (method, path, object) => {
    const body = object && JSON.stringify(object)
    const url = `https://127.0.0.1:${port}${path}`
    const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json'
    const { status, text } = ask({ url, method, contentType, ...(body !== undefined && { body }) })
    // What is gone meanwhile, or was changed by a controller that will be heard of.
    if (status === 404 || (status === 409 && path.endsWith('/binding'))) return undefined
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`)
    return JSON.parse(text) as Obj
  }
  const resourcesOf = (apiVersion: string): readonly Resource[] => {
    const found = call('GET', apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`)
    return (found?.['resources'] ?? []) as Resource[]
  }
  const pathOf: Memory['pathOf'] = ({ apiVersion, kind, namespace, name }) => {
    const resource = resourcesOf(apiVersion).find((one) => one.kind === kind && !one.name.includes('/'))
    if (!resource) throw new Error(`the API does not serve ${kind} of ${apiVersion}`)
    const parts = [
      apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`,
      ...(resource.namespaced && namespace !== undefined ? ['namespaces', namespace] : []),
      resource.name,
      ...(name === undefined ? [] : [encodeURIComponent(name)]),
    ]
    return parts.join('/')
  }
  const get: Memory['get'] = (ref) => call('GET', pathOf(ref))
  const manager = 'fieldManager=test'
  return {
    call,
    pathOf,
    get,
    list: ({ apiVersion, kind, namespace }) => {
      const found = call('GET', pathOf({ apiVersion, kind, ...(namespace !== undefined && { namespace }) }))
      return ((found?.['items'] ?? []) as Obj[]).map((item) => ({ ...item, apiVersion, kind }))
    },
    put: (object) => {
      const { apiVersion, kind, metadata } = object
      const of = { apiVersion, kind, ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) }
      const path = pathOf({ ...of, name: metadata.name })
      const before = call('GET', path)
      const { resourceVersion } = before?.metadata ?? {}
      const made = before
        ? call('PUT', `${path}?${manager}`, { ...object, metadata: { ...metadata, resourceVersion } })
        : call('POST', `${pathOf(of)}?${manager}`, object)
      if (!made) throw new Error(`${path} cannot be put: its namespace is not there`)
      if (!object.status) return made
      return call('PUT', `${path}/status?${manager}`, { ...made, status: object.status }) ?? made
    },
    remove: (ref) => void call('DELETE', `${pathOf(ref)}?gracePeriodSeconds=0&propagationPolicy=Background`),
    compact: () => {
      const post = (path: string, body: object): string =>
        ask({ url: `${etcd}/v3/${path}`, method: 'POST', body: JSON.stringify(body) }).text
      const { header } = JSON.parse(post('kv/range', { key: 'AA==', limit: '1' })) as { header: { revision: string } }
      post('kv/compaction', { revision: header.revision, physical: true })
    },
  }
}
