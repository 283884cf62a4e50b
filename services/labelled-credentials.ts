import { textsAt } from '../core/fields.ts'
import type { Kube, KubeObject } from '../cluster/kube/kube.ts'
import type { Credential } from '../core/step.ts'

/** A Secret with this label joins the credentials under the label's value: keys url, username and password (a token stands in password). */
const label = 'kindup.dev/credentials'

/** The credentials that anything in the cluster offers by a labelled Secret, sorted by name. */
export const labelledCredentials = async (kube: Kube): Promise<readonly Credential[]> => {
  const secrets = await kube.list({ apiVersion: 'v1', kind: 'Secret', labelSelector: label })
  return secrets.map(credentialOf).toSorted((a, b) => a.name.localeCompare(b.name))
}

const credentialOf = (secret: KubeObject): Credential => {
  const data = textsAt(secret, 'data')
  const value = (key: string): Record<string, string> => {
    const encoded = data[key]
    return encoded === undefined ? {} : { [key]: Buffer.from(encoded, 'base64').toString('utf8').trim() }
  }
  const token =
    data['password'] === undefined && data['token'] !== undefined ? { password: value('token')['token'] ?? '' } : {}
  return {
    name: secret.metadata.labels?.[label] || secret.metadata.name,
    ...value('url'),
    ...value('username'),
    ...value('password'),
    ...token,
    // Two environments may have logins of one name: their namespaces tell them apart.
    step: `secret@${secret.metadata.namespace ?? ''}`,
  }
}
