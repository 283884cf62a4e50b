import { isRecord } from '../../core/is-record.ts'
import { textAt, valueAt } from '../../core/fields.ts'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { readRenders, writeRenders } from '../../cluster/inventory/renders.ts'
import type { Delivery } from '../../gitops/delivery.ts'
import type { SmokeConfig } from '../../config/config.ts'
import { hashOf, type Fingerprint } from '../../core/fingerprint.ts'
import type { Undo } from '../remove/undo.ts'

/** All that brings a service back as it was when it was ready: plain JSON, in the cluster. */
export type KeptRender = {
  /** When it was ready, ISO 8601. */
  readonly at: string
  readonly title: string
  readonly needs: readonly string[]
  readonly namespace: string
  /** Everything that was applied, by whomever. Definitions of charts come without their schemas: nobody applies them again. */
  readonly objects: readonly KubeObject[]
  /** Those of them that kindup applied beside a release. */
  readonly exposed: readonly KubeObject[]
  readonly release?: { readonly release: string; readonly revision: number }
  /** By which way a GitOps controller got it. */
  readonly delivery?: Delivery
  readonly apiServices: readonly string[]
  /** Images of the file that it runs, and the hash of what each was made from. */
  readonly images: readonly { readonly ref: string; readonly inputs: string }[]
  readonly smoke: readonly SmokeConfig[]
  readonly hosts: readonly string[]
  readonly fingerprint: Fingerprint
  readonly undo: Undo
}

/** Remembers a render that is ready now. The one before stays beside it, unless this is the same again. */
export const keepRender = async (kube: Kube, id: string, render: KeptRender): Promise<void> => {
  const { current, previous } = await readRenders(kube, id, isKeptRender)
  const before = current && whatItIs(current) !== whatItIs(render) ? current : previous
  await writeRenders(kube, id, { current: render, ...(before ? { previous: before } : {}) })
}

export const isKeptRender = (value: unknown): value is KeptRender =>
  ['at', 'title', 'namespace'].every((key) => textAt(value, key) !== undefined) &&
  ['needs', 'objects', 'exposed', 'apiServices', 'images', 'smoke', 'hosts'].every((key) =>
    Array.isArray(valueAt(value, key)),
  ) &&
  isRecord(valueAt(value, 'fingerprint')) &&
  isRecord(valueAt(value, 'undo'))

const whatItIs = ({ objects, exposed, namespace, release, delivery }: KeptRender): string =>
  hashOf([objects, exposed, namespace, release?.release ?? '', delivery ?? ''])
