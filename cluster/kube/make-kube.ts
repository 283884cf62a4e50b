import { setTimeout as pause } from 'node:timers/promises'
import { textAt } from '../../core/fields.ts'
import { jsonAnswer, listAnswer, objectAnswer } from './answers.ts'
import { boundSignal } from '../../core/bound.ts'
import { EnvironmentError, stopReason } from '../../core/errors.ts'
import { readAccess } from './access.ts'
import { allKinds } from './all-kinds.ts'
import { groupPath, makeDiscovery } from './discovery.ts'
import type { Kube, KubeObject, Query, Ref, ServedKind } from './kube.ts'
import { liveList } from './live-list.ts'
import { canExist, refOf, showRef } from './ref.ts'
import { makeRest } from './rest.ts'
import { askThroughProxy } from './service-proxy.ts'

/** Whose fields server-side apply says they are. */
const fieldManager = 'kindup'

/** Servers behind the aggregator may not know the short form. */
const metadataAlone = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json'

/**
 * The API of the cluster that `context` of the file `kubeconfig` names. Asks it nothing yet.
 * Throws EnvironmentError: `kubeconfig` here; `api-unreachable`, `api-refused`, `api-conflict` from calls; the stop reason once `signal` aborts.
 */
export const makeKube = async (options: {
  readonly kubeconfig: string
  readonly context: string
  readonly signal?: AbortSignal
}): Promise<Kube> => {
  const { signal: own } = options
  const access = await readAccess(options.kubeconfig, options.context)
  const rest = makeRest(access, own)
  const discovery = makeDiscovery(rest)

  /** A CustomResourceDefinition is Established a moment before its kind can be discovered. */
  const needed = async ({ apiVersion, kind }: Pick<Ref, 'apiVersion' | 'kind'>): Promise<ServedKind> => {
    const signal = boundSignal(own)
    for (const wait of [100, 200, 400, 800, 0]) {
      const found = await discovery.find(apiVersion, kind)
      if (found) return found
      if (wait > 0) await pause(wait, undefined, signal && { signal }).catch(() => undefined)
      if (signal?.aborted) throw stopReason(signal)
    }
    throw new EnvironmentError('api-refused', `The cluster does not know ${kind} of ${apiVersion}.`, {
      hints: ['Does something that brings it (`crds`, an add-on) come first?'],
    })
  }

  const listAt = (served: ServedKind, query: Query, accept?: string) => async () => {
    const { text } = await rest.ask({
      method: 'GET',
      ...(accept === undefined ? {} : { accept }),
      path: pathOf(served, query.namespace),
      query: { labelSelector: query.labelSelector, fieldSelector: query.fieldSelector },
      doing: `list ${query.kind}`,
    })
    return listAnswer(text, query)
  }

  /** Sends an object or a patch to one place and answers the object as it stands. */
  const write = async (
    method: 'POST' | 'PUT' | 'PATCH',
    verb: string,
    ref: Ref,
    body: unknown,
    {
      below = '',
      ...more
    }: { readonly type?: string; readonly query?: Readonly<Record<string, string>>; readonly below?: string } = {},
  ): Promise<KubeObject> => {
    if (!canExist(ref))
      throw new EnvironmentError('api-refused', `The API knows no such name: ${ref.kind} ${JSON.stringify(ref.name)}.`)
    const served = await needed(ref)
    const path = `${pathOf(served, ref.namespace ?? 'default', method === 'POST' ? undefined : ref.name)}${below}`
    const query = { fieldManager, ...more.query }
    const doing = `${verb} ${showRef(ref)}`
    const { text } = await rest.ask({ method, path, body, ...more, query, doing })
    return objectAnswer(text, doing)
  }

  const kube: Kube = {
    async get(ref) {
      if (!canExist(ref)) return undefined
      const served = await discovery.find(ref.apiVersion, ref.kind)
      if (!served) return undefined
      const path = pathOf(served, ref.namespace ?? 'default', ref.name)
      const doing = `show ${showRef(ref)}`
      const answer = await rest.ask({ method: 'GET', path, doing, okStatuses: [404] })
      return answer.status === 404 ? undefined : objectAnswer(answer.text, doing)
    },
    async list(query) {
      if (query.namespace === '') return []
      const served = await discovery.find(query.apiVersion, query.kind)
      return served ? (await listAt(served, query)()).items : []
    },
    async listMetadata(query) {
      if (query.namespace === '') return []
      const served = await discovery.find(query.apiVersion, query.kind)
      return served ? (await listAt(served, query, metadataAlone)()).items : []
    },
    apply: (object) =>
      write('PATCH', 'apply', refOf(object), applicable(object), {
        type: 'application/apply-patch+yaml',
        query: { force: 'true' },
      }),
    tryApply: (object) =>
      write('PATCH', 'apply', refOf(object), applicable(object), {
        type: 'application/apply-patch+yaml',
        query: { force: 'true', dryRun: 'All' },
      }),
    create: (object) => write('POST', 'create', refOf(object), object),
    replace: (object) => write('PUT', 'replace', refOf(object), object),
    mergePatch: (ref, patch) => write('PATCH', 'patch', ref, patch, { type: 'application/merge-patch+json' }),
    patchStatus: (ref, patch) =>
      write('PATCH', 'patch the status of', ref, patch, { type: 'application/merge-patch+json', below: '/status' }),
    async delete(ref, { orphan = false } = {}) {
      if (!canExist(ref)) return
      const served = await discovery.find(ref.apiVersion, ref.kind)
      if (!served) return
      const path = pathOf(served, ref.namespace ?? 'default', ref.name)
      // Jobs would leave their pods behind: their default is to orphan them.
      const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: orphan ? 'Orphan' : 'Background' }
      await rest.ask({ method: 'DELETE', path, body, doing: `delete ${showRef(ref)}`, okStatuses: [404] })
    },
    async deleteAll(query) {
      await Promise.all((await kube.list(query)).map((object) => kube.delete(refOf(object))))
    },
    async evict({ namespace, name }) {
      const metadata = { namespace, name }
      const answer = await rest.ask({
        method: 'POST',
        path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/eviction`,
        body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata },
        doing: `evict Pod ${namespace}/${name}`,
        okStatuses: [404, 429],
      })
      return answer.status !== 429
    },
    async *watch(query, until) {
      const both = own ? AbortSignal.any([until, own]) : until
      try {
        const served = await needed(query)
        const place = { path: pathOf(served, query.namespace), list: listAt(served, query) }
        yield* liveList(rest, place, query, both)
      } catch (error) {
        if (!until.aborted) throw error
      }
    },
    async logs({ namespace, name, container, previous }, lines) {
      const answer = await rest.ask({
        method: 'GET',
        path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/log`,
        query: { container, tailLines: String(lines), previous: previous ? 'true' : undefined },
        doing: `read the log of Pod ${namespace}/${name}`,
        // A container that has not started, or has no earlier run.
        okStatuses: [400, 404],
      })
      return answer.status === 200 ? answer.text : ''
    },
    speech({ namespace, pod, container, previous }, { follow, since, tail }, until) {
      return rest.lines(
        {
          method: 'GET',
          isSpeech: true,
          path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`,
          query: {
            container,
            timestamps: 'true',
            follow: follow ? 'true' : undefined,
            previous: previous === true ? 'true' : undefined,
            sinceSeconds: typeof since === 'number' ? String(since) : undefined,
            sinceTime: typeof since === 'string' ? since : undefined,
            tailLines: tail === undefined ? undefined : String(tail),
          },
          doing: `read the log of Pod ${namespace}/${pod}`,
        },
        own ? AbortSignal.any([until, own]) : until,
      )
    },
    askService: (request, until) => askThroughProxy(access, request, own ? AbortSignal.any([until, own]) : until),
    served: (apiVersion) => discovery.served(apiVersion),
    kinds: () => allKinds(rest),
    async version() {
      const doing = 'tell its version'
      const { text } = await rest.ask({ method: 'GET', path: '/version', doing })
      return (textAt(jsonAnswer(text, doing), 'gitVersion') ?? '').replace(/^v/, '')
    },
  }
  return kube
}

const pathOf = ({ apiVersion, plural, namespaced }: ServedKind, namespace?: string, name?: string): string =>
  [
    groupPath(apiVersion),
    ...(namespaced && namespace !== undefined ? ['namespaces', encodeURIComponent(namespace)] : []),
    plural,
    ...(name === undefined ? [] : [encodeURIComponent(name)]),
  ].join('/')

/** The server refuses an apply that names who manages what. */
const applicable = (object: KubeObject): KubeObject => {
  if (!('managedFields' in object.metadata)) return object
  const { managedFields: _dropped, ...metadata } = object.metadata
  return { ...object, metadata }
}
