import { textAt } from '../../core/fields.ts'
import type { Deployable } from '../../manifests/deployable.ts'
import { poll, waitFor, type Verdict } from '../../core/wait.ts'

/** As in values.yaml. */
const secretName = 'headlamp-token'

/** The API fills the Secret in a moment after it is made. */
const patienceMs = 10_000

type Found = { readonly token: string } | { readonly absent: string }

/** Reads the token to log in with, or says in words why there is none. */
export const tokenCredential =
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
    const found = await waitFor('The token of Headlamp', poll(ask, 200), {
      timeoutMs: Math.min(patienceMs, ctx.timeoutMs),
      fixed: patienceMs <= ctx.timeoutMs,
      signal: ctx.signal,
      report: ctx.report,
    }).catch((error: unknown): Found => {
      ctx.signal.throwIfAborted()
      return { absent: error instanceof Error ? error.message : String(error) }
    })
    if ('absent' in found) {
      ctx.warn(`The token of Headlamp cannot be shown: Secret ${namespace}/${secretName}: ${found.absent}`)
      return {}
    }
    const password = Buffer.from(found.token, 'base64').toString('utf8')
    return { credentials: [{ name: 'headlamp', password, ...(url === undefined ? {} : { url }) }] }
  }
