import { stringify } from 'yaml'

type Login = {
  readonly url: string
  readonly context: string
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly token?: string
}

const encoded = (pem: string): string => Buffer.from(pem).toString('base64')

/** A kubeconfig with one context, shaped as kind writes them. */
export const kubeconfigText = ({ url, context, ca, cert, key, token }: Login): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: context,
        cluster: { server: url, ...(ca !== undefined && { 'certificate-authority-data': encoded(ca) }) },
      },
    ],
    users: [
      {
        name: context,
        user: {
          ...(cert !== undefined && { 'client-certificate-data': encoded(cert) }),
          ...(key !== undefined && { 'client-key-data': encoded(key) }),
          ...(token !== undefined && { token }),
        },
      },
    ],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    'current-context': context,
    preferences: {},
  })
