import type { ExposeConfig } from '../../config/config.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'

/** An Ingress without a class, so that whichever controller the cluster has takes it. */
export const ingressTo = ({ service, port }: ExposeConfig, host: string, namespace: string): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: nameFor(service, host), namespace },
  spec: {
    rules: [
      {
        host,
        http: {
          paths: [
            {
              path: '/',
              pathType: 'Prefix',
              backend: {
                service: { name: service, port: typeof port === 'number' ? { number: port } : { name: port } },
              },
            },
          ],
        },
      },
    ],
  },
})

/** One of its own for each host: a Service may be reached by several. */
const nameFor = (service: string, host: string): string =>
  `${service}-${host.replace(/^\*\./, 'any.')}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]/g, '-')
    .slice(0, 253)
    .replace(/[.-]+$/, '')
