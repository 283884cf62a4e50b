import { textsAt } from '../core/fields.ts'
import type { CredentialConfig } from '../config/config.ts'
import type { Credential } from '../core/step.ts'
import type { Kube } from '../cluster/kube/kube.ts'
import type { Deployable } from '../manifests/deployable.ts'

/** Reads the credentials that a service names; undefined when it names none. One whose Secret is not there, or has nothing to show, is said. */
export const credentialFacts = (
  credentials: readonly CredentialConfig[],
  namespace: string,
): Deployable['facts'] | undefined =>
  credentials.length === 0
    ? undefined
    : async (cluster, ctx) => {
        const kube = credentials.some(({ secret }) => secret !== undefined) ? await cluster.kube(ctx) : undefined
        const found = await Promise.all(credentials.map((one) => credentialOf(one, namespace, kube, ctx.warn)))
        return { credentials: found.flatMap((one) => one ?? []) }
      }

const credentialOf = async (
  { name, secret, url, username, password }: CredentialConfig,
  namespace: string,
  kube: Kube | undefined,
  warn: (text: string) => void,
): Promise<Credential | undefined> => {
  const written = { ...given('url', url), ...given('username', username), ...given('password', password) }
  if (secret === undefined || !kube) return { name, ...written }
  const [from, key] = secret.includes('/') ? secret.split('/', 2) : [namespace, secret]
  const ref = { apiVersion: 'v1', kind: 'Secret', namespace: from ?? namespace, name: key ?? secret }
  const object = await kube.get(ref)
  if (!object) {
    warn(`The credentials of ${name} cannot be shown: there is no Secret ${ref.namespace}/${ref.name}.`)
    return undefined
  }
  const data = textsAt(object, 'data')
  const decoded = (of: string) =>
    data[of] === undefined ? undefined : Buffer.from(data[of], 'base64').toString('utf8')
  const found = {
    ...given('url', decoded('url')),
    ...given('username', decoded('username')),
    ...given('password', decoded('password') ?? decoded('token')),
    ...written,
  }
  if (Object.keys(found).length > 0) return { name, ...found }
  const keys = Object.keys(data).toSorted()
  warn(
    `The credentials of ${name} cannot be shown: Secret ${ref.namespace}/${ref.name} has none of the keys url, username, password and token; it has ${keys.length > 0 ? keys.join(', ') : 'none at all'}.`,
  )
  return undefined
}

const given = <K extends string>(key: K, value: string | undefined): { readonly [name in K]?: string } =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- TypeScript takes a computed key for any text
  (value === undefined ? {} : { [key]: value }) as { readonly [name in K]?: string }
