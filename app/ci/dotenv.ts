import type { UpReport } from '../report.ts'

/**
 * What later jobs of a pipeline need to find the cluster, as `KEY=value` lines: its name, context and kubeconfig, and the
 * endpoints as `NAME=URL,…`. No credentials: jobs and people who see the artifact would see them in the clear.
 */
export const dotenvOf = ({
  cluster,
  endpoints,
  seconds,
}: Pick<UpReport, 'cluster' | 'endpoints' | 'seconds'>): string =>
  [
    ['KINDUP_NAME', cluster.name],
    ['KINDUP_CONTEXT', cluster.context],
    ['KINDUP_KUBECONFIG', cluster.kubeconfig],
    ['KINDUP_ENDPOINTS', endpoints.map(({ name, url }) => `${name}=${url}`).join(',')],
    ['KINDUP_SECONDS', String(seconds)],
  ]
    .map(([key, value]) => `${key}=${value?.replaceAll(/[\r\n]+/g, ' ')}\n`)
    .join('')
