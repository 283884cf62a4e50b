import type { KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { mapsAt, textAt } from '../../core/fields.ts'

const tracking = 'argocd.argoproj.io/tracking-id'
const instance = 'app.kubernetes.io/instance'
const keeps = /(?:^|,)\s*Delete=false\s*(?:,|$)/

/** What an Application has deployed, by its own status. */
export const deployedByApplication = (application: KubeObject): readonly Ref[] =>
  mapsAt(application, 'status', 'resources').map((one): Ref => {
    const text = (key: string): string => textAt(one, key) ?? ''
    const version = text('version') === '' ? 'v1' : text('version')
    return {
      apiVersion: text('group') === '' ? version : `${text('group')}/${version}`,
      kind: text('kind'),
      name: text('name'),
      ...(text('namespace') === '' ? {} : { namespace: text('namespace') }),
    }
  })

/** Whether a live object is an Application's, by the mark that Argo CD sets: `argocd_web-dev:apps/Deployment:dev/web`, or a label. */
export const isOfApplication = (
  { metadata: { labels, annotations } }: KubeObject,
  { name, namespace }: Ref,
): boolean => {
  const of = annotations?.[tracking]?.split(':')[0] ?? labels?.[instance]
  return of === name || of === `${namespace}_${name}`
}

/** A change after which an object is nobody's. */
export const unmarkedForArgocd = { metadata: { annotations: { [tracking]: null } } } as const

/** Argo CD is told not to delete it. */
export const isKeptByArgocd = ({ metadata: { annotations } }: KubeObject): boolean =>
  keeps.test(annotations?.['argocd.argoproj.io/sync-options'] ?? '') ||
  annotations?.['helm.sh/resource-policy'] === 'keep'
