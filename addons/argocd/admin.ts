import { textAt } from '../../core/fields.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Deployable } from '../../manifests/deployable.ts'
import type { Verdict } from '../../core/wait.ts'
import { awaitLogin, type Absent } from '../await-login.ts'

/** Argo CD's server writes the password a moment after it begins; a healthy one is never this late. */
const patienceMs = 20_000

type Found = { readonly password: string } | Absent

/** Reads the admin's password of the first start, or says in words why there is none; never an empty one. */
export const adminCredential =
  (namespace: string, url: string | undefined): NonNullable<Deployable['facts']> =>
  async (cluster, ctx) => {
    const kube = await cluster.kube(ctx)
    const of = (kind: string, name: string) => kube.get({ apiVersion: 'v1', kind, namespace, name })
    const ask = async (): Promise<Verdict<Found>> => {
      const password = decoded(await of('Secret', 'argocd-initial-admin-secret'), 'password')
      if (password) return { done: { password } }
      if (text(await of('ConfigMap', 'argocd-cm'), 'admin.enabled') === 'false') return { done: { absent: undefined } }
      // The server writes the initial secret first and the hash after it: a hash alone means that it was
      // deleted, or that the hash came by values.
      if (text(await of('Secret', 'argocd-secret'), 'admin.password'))
        return { done: { absent: 'it was deleted, or the password was set by values' } }
      return { waiting: 'Argo CD has not written its first password yet' }
    }
    const found = await awaitLogin('The password of Argo CD', ask, { patienceMs, everyMs: 500 }, ctx)
    if ('password' in found)
      return {
        credentials: [
          { name: 'argocd', username: 'admin', password: found.password, ...(url === undefined ? {} : { url }) },
        ],
      }
    if (found.absent !== undefined)
      ctx.warn(
        `Argo CD's first admin password cannot be shown: Secret ${namespace}/argocd-initial-admin-secret is not there (${found.absent}).`,
      )
    return {}
  }

const text = (object: KubeObject | undefined, key: string): string | undefined => {
  const value = textAt(object, 'data', key)
  return value === '' ? undefined : value
}

const decoded = (object: KubeObject | undefined, key: string): string | undefined => {
  const value = text(object, key)
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8')
}
