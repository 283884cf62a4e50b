import { parse, stringify } from 'yaml'
import { isRecord } from '../../core/is-record.ts'
import type { Container, Engine } from '../engine/engine.ts'
import { withRole } from './endpoint.ts'

type Fields = Readonly<Record<string, unknown>>

/**
 * The administrator's kubeconfig of a cluster, as it is used from this machine, with one context `kind-<name>`.
 * It is in the control plane before the API answers; kind itself hands it out only at its end. Undefined until then.
 */
export const adminKubeconfig = async (
  engine: Engine,
  containers: readonly Container[],
  context: string,
  server: string,
  isElsewhere = false,
): Promise<string | undefined> => {
  const [controlPlane] = withRole(containers, 'control-plane')
  if (!controlPlane?.running) return undefined
  const { stdout, code } = await engine.exec(controlPlane.name, ['cat', '/etc/kubernetes/admin.conf'], {
    // 1: not there yet; 126, 137: the container is only starting, or stops.
    okCodes: [0, 1, 126, 137, 255],
  })
  return code === 0 ? forThisMachine(stdout, context, server, isElsewhere) : undefined
}

/**
 * kubeadm's file with the server's address and the names as they are outside. Undefined when it is half written.
 * kind has the certificate made for `localhost`, and not for the machine of an engine elsewhere.
 */
export const forThisMachine = (
  admin: string,
  context: string,
  server: string,
  isElsewhere = false,
): string | undefined => {
  const [cluster, user] = [firstOf(admin, 'clusters', 'cluster'), firstOf(admin, 'users', 'user')]
  if (!cluster || !user || !isWhole(cluster) || !isWhole(user)) return undefined
  // kubeadm writes the key last: a certificate without one is half of a login.
  if ('client-certificate-data' in user !== 'client-key-data' in user || Object.keys(user).length === 0)
    return undefined
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: context, cluster: { ...cluster, server, ...(isElsewhere ? { 'tls-server-name': 'localhost' } : {}) } },
    ],
    users: [{ name: context, user }],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    'current-context': context,
  })
}

/** The server that a kubeconfig of ours leads to. */
export const serverOf = (kubeconfig: string): string | undefined => {
  const server = firstOf(kubeconfig, 'clusters', 'cluster')?.['server']
  return typeof server === 'string' ? server : undefined
}

/** `key` of the first entry of a list. Undefined where there is none, and where the text is no YAML: it was read while it was written. */
const firstOf = (text: string, list: string, key: string): Fields | undefined => {
  let document: unknown
  try {
    document = parse(text, { logLevel: 'error' })
  } catch {
    return undefined
  }
  const entries: unknown = isRecord(document) ? document[list] : undefined
  const [entry]: readonly unknown[] = Array.isArray(entries) ? entries : []
  const found = isRecord(entry) ? entry[key] : undefined
  return isRecord(found) ? found : undefined
}

/** Whether all certificates and keys are there to their last line. */
const isWhole = (fields: Fields): boolean =>
  Object.entries(fields).every(
    ([key, value]) =>
      !key.endsWith('-data') ||
      (typeof value === 'string' &&
        value.length % 4 === 0 &&
        /-----END [A-Z ]+-----\r?\n$/.test(Buffer.from(value, 'base64').toString('utf8'))),
  )
