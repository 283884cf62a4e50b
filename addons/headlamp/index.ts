import { fileURLToPath } from 'node:url'
import { textAt, numberAt } from '../../core/fields.ts'
import type { Deployable } from '../../manifests/deployable.ts'
import type { Verdict } from '../../core/wait.ts'
import { awaitLogin, type Absent } from '../await-login.ts'
import { labels, stepLabel } from '../../manifests/transform/step-label.ts'
import type { AddOn } from '../addon.ts'

/** As in values.yaml. */
const secretName = 'headlamp-token'

/** The API fills the Secret in a moment after it is made. */
const patienceMs = 10_000

type Found = { readonly token: string } | Absent

/** Reads the token to log in with, or says in words why there is none. */
const tokenCredential =
  (namespace: string, url: string | undefined): NonNullable<Deployable['facts']> =>
  async (cluster, ctx) => {
    const kube = await cluster.kube(ctx)
    const ask = async (): Promise<Verdict<Found>> => {
      const secret = await kube.get({ apiVersion: 'v1', kind: 'Secret', namespace, name: secretName })
      if (!secret)
        return { done: { absent: 'it is not there; do values of yours set `extraManifests`, which brings it?' } }
      const token = textAt(secret, 'data', 'token')
      return token ? { done: { token } } : { waiting: 'the API has not filled it in' }
    }
    const found = await awaitLogin('The token of Headlamp', ask, { patienceMs, everyMs: 200 }, ctx)
    if ('absent' in found) {
      ctx.warn(`The token of Headlamp cannot be shown: Secret ${namespace}/${secretName}: ${found.absent}`)
      return {}
    }
    const password = Buffer.from(found.token, 'base64').toString('utf8')
    return { credentials: [{ name: 'headlamp', password, ...(url === undefined ? {} : { url }) }] }
  }

/** Says how to open the page when nothing leads to it from this machine: no host, no Ingress, no node port. */
const sayHowToReach =
  (namespace: string, url: string | undefined): NonNullable<Deployable['verify']> =>
  async (cluster, ctx) => {
    if (url !== undefined) return
    const kube = await cluster.kube(ctx)
    const labelSelector = `${labels.step}=${stepLabel('addon/headlamp')}`
    const [services, ingresses] = await Promise.all([
      kube.list({ apiVersion: 'v1', kind: 'Service', namespace, labelSelector }),
      kube.list({ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace, labelSelector }),
    ])
    const inside = services.find((service) => textAt(service, 'spec', 'type') === 'ClusterIP')
    if (!inside || ingresses.length > 0) return
    ctx.warn(
      `Headlamp has no \`host\`: it opens at http://localhost:4466 while this runs: kubectl --context ${cluster.context} --namespace ${namespace} port-forward service/${inside.metadata.name} 4466:${numberAt(inside, 'spec', 'ports', 0, 'port') ?? 80}`,
    )
  }

export const headlamp: AddOn = {
  name: 'headlamp',
  title: 'Headlamp (the cluster as a web page)',
  chart: {
    chart: 'headlamp',
    repo: 'https://kubernetes-sigs.github.io/headlamp/',
    version: '0.45.0',
  },
  namespace: 'headlamp',
  values: fileURLToPath(new URL('values.yaml', import.meta.url)),
  revision: 1,
  provides: [],
  place: ({ nodeSelector, tolerations }) => ({ nodeSelector, tolerations }),
  host: (host) => ({ ingress: { enabled: true, hosts: [{ host, paths: [{ path: '/', type: 'Prefix' }] }] } }),
  facts: tokenCredential,
  verify: sayHowToReach,
}
