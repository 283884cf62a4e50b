import type { Cluster } from '../../cluster/cluster.ts'
import type { KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { ourLabels } from '../../cluster/inventory/namespace.ts'
import { recorded } from '../../cluster/inventory/recorded-step.ts'
import { fieldsAt, textAt } from '../../core/fields.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { hashOf } from '../../core/fingerprint.ts'
import type { StepHead } from '../../core/lazy-step.ts'
import type { Context, Status, Step } from '../../core/step.ts'
import { showRef, refOf } from '../../cluster/kube/ref.ts'
import { labels, stepLabel } from '../../manifests/transform/step-label.ts'
import { authorityName, certificateName } from '../../manifests/tls-objects.ts'
import type { Authority } from '../../trust/authority.ts'
import { findAuthority, takeAuthority } from '../../trust/find-authority.ts'
import { issueServerCertificate, outdated, type ServerCertificate } from '../../trust/server-certificate.ts'
import { serverNames } from '../../trust/server-names.ts'
import { ensureNamespace } from '../remove/namespaces.ts'
import { removeDeployed, type UndoDeps } from '../remove/remove.ts'
import { both, nothing, readUndo, without, type Undo } from '../remove/undo.ts'
import { tlsId } from './head.ts'

export type TlsDeps = {
  readonly work: UndoDeps
  readonly env: Readonly<Record<string, string | undefined>>
  /** Names that are served now; more may be found while the walk goes on. */
  readonly hosts: () => readonly string[]
  readonly domains: readonly string[]
  /** Of the ingress controller. */
  readonly namespace: string
  /** Namespaces with a Gateway that names the certificate: it takes Secrets of its own namespace. */
  readonly gatewayNamespaces?: readonly string[]
  /** Namespaces whose pods get the authority. */
  readonly podNamespaces: readonly string[]
}

/** The step `tls`: a certificate of the user's own authority for all hosts, where the ingress controller reads it. */
export const tlsStep = (head: StepHead, deps: TlsDeps): Step => {
  const { work, env, namespace, gatewayNamespaces = [], podNamespaces } = deps
  const { cluster } = work
  const secret = { apiVersion: 'v1', kind: 'Secret', namespace, name: certificateName } as const
  const copies = gatewayNamespaces.map((home) => ({ ...secret, namespace: home }))
  const maps = podNamespaces.map((home) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: home,
    name: authorityName,
  }))
  const now: Undo = {
    ...nothing,
    objects: [secret, ...copies, ...maps],
    namespaces: [...new Set([namespace, ...gatewayNamespaces, ...podNamespaces])],
  }
  const wanted = () => serverNames(deps.hosts(), deps.domains)
  // What is passed over is said by `up`, and only there.
  const found = () => findAuthority(env, () => undefined)
  let taken: Authority | undefined

  const probe = async (ctx: Context): Promise<Status> => {
    const authority = await found()
    if (!authority) return { state: 'changed', what: 'its certificate authority is no longer there' }
    const kube = await cluster.kube(ctx)
    const live = await kube.get(secret)
    if (!live) return { state: 'broken', why: `${showRef(secret)} is gone` }
    const why = outdated(decoded(live, 'tls.crt'), wanted(), authority.certificate)
    if (why !== undefined) return { state: 'changed', what: why }
    for (const ref of copies)
      if (textAt(await kube.get(ref), 'data', 'tls.crt') !== textAt(live, 'data', 'tls.crt'))
        return { state: 'broken', why: `${showRef(ref)} is not that of ${namespace}` }
    for (const ref of maps) {
      const text = textAt(await kube.get(ref), 'data', 'ca.crt')
      if (text !== String(authority.certificate))
        return { state: 'broken', why: `${showRef(ref)} is not as it was written` }
    }
    return { state: 'ready' }
  }

  const step = recorded(
    {
      ...head,
      kind: 'objects',
      fingerprint: async () => {
        const authority = await found()
        return {
          'certificate authority': hashOf(authority?.certificate.fingerprint256 ?? ''),
          namespaces: hashOf([namespace, ...podNamespaces, ...(copies.length > 0 ? [gatewayNamespaces] : [])]),
        }
      },
      mayBegin: async (ctx) => {
        const kube = await cluster.kube(ctx)
        for (const ref of [secret, ...copies, ...maps]) refuseForeign(await kube.get(ref))
      },
      undo: async (_ctx, previous) => (previous ? both(readUndo(previous.undo), now) : now),
      up: async (ctx, previous) => {
        const authority = (taken ??= await takeAuthority(env, ctx.warn, ctx.signal))
        const kube = await cluster.kube(ctx)
        const { name } = cluster.config
        for (const home of now.namespaces) await ensureNamespace(kube, home, name, ctx)
        const live = await kube.get(secret)
        if (!live || outdated(decoded(live, 'tls.crt'), wanted(), authority.certificate) !== undefined) {
          ctx.report('signing the certificate')
          const made = await issueServerCertificate(wanted(), name, authority)
          await kube.apply(secretOf(secret, made, authority, cluster))
        }
        const made = copies.length > 0 ? await kube.get(secret) : undefined
        for (const ref of copies)
          await kube.apply(object(ref, cluster, { type: 'kubernetes.io/tls', data: fieldsAt(made, 'data') }))
        for (const ref of maps)
          await kube.apply(object(ref, cluster, { data: { 'ca.crt': String(authority.certificate) } }))
        if (previous) await removeDeployed(tlsId, without(readUndo(previous.undo), now), work, ctx)
      },
      down: async (ctx, previous) => removeDeployed(tlsId, previous ? readUndo(previous.undo) : now, work, ctx),
      probe,
    },
    cluster,
  )
  return {
    ...step,
    status: (ctx) => step.status(ctx).catch(unusable),
    async up(ctx) {
      // First: what it is made from is remembered, and that is an authority which is there.
      taken = await takeAuthority(env, ctx.warn, ctx.signal)
      return step.up(ctx)
    },
  }
}

const unusable = (error: unknown): Status => {
  if (error instanceof EnvironmentError && error.code === 'ca') return { state: 'broken', why: error.message }
  throw error
}

const object = (ref: Ref, { config }: Cluster, more: object): KubeObject => ({
  apiVersion: ref.apiVersion,
  kind: ref.kind,
  metadata: {
    name: ref.name,
    namespace: ref.namespace ?? '',
    labels: { ...ourLabels, [labels.cluster]: config.name, [labels.step]: stepLabel(tlsId) },
  },
  ...more,
})

const secretOf = (ref: Ref, { certificate, key }: ServerCertificate, authority: Authority, cluster: Cluster) =>
  object(ref, cluster, {
    type: 'kubernetes.io/tls',
    data: {
      'tls.crt': base64(certificate),
      'tls.key': base64(key),
      'ca.crt': base64(String(authority.certificate)),
    },
  })

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const decoded = (secret: KubeObject, key: string): string =>
  Buffer.from(textAt(secret, 'data', key) ?? '', 'base64').toString()

/** Throws `not-ours` for an object that another one than the step `tls` made. */
const refuseForeign = (live: KubeObject | undefined): void => {
  if (!live || live.metadata.labels?.[labels.step] === stepLabel(tlsId)) return
  const { kind, metadata } = live
  throw new EnvironmentError(
    'not-ours',
    `There is a ${showRef(refOf(live))} that kindup did not make: it stays as it is.`,
    {
      hints: [
        `Delete it if nothing needs it: kubectl delete ${kind.toLowerCase()} --namespace ${metadata.namespace} ${metadata.name}`,
      ],
    },
  )
}
