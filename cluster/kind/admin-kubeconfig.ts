import { parse, stringify } from 'yaml'
import type { Container, Engine } from '../engine/engine.ts'
import { withRole } from './endpoint.ts'

type Kubeconfig = {
  readonly clusters?: readonly { readonly cluster: Readonly<Record<string, unknown>> }[]
  readonly users?: readonly { readonly user: Readonly<Record<string, unknown>> }[]
}

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
  const { clusters, users } = (parse(admin) ?? {}) as Kubeconfig
  const [cluster, user] = [clusters?.[0]?.cluster, users?.[0]?.user]
  if (!cluster || !user) return undefined
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
  const server = ((parse(kubeconfig) ?? {}) as Kubeconfig).clusters?.[0]?.cluster['server']
  return typeof server === 'string' ? server : undefined
}
