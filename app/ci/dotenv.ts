import type { UpReport } from '../report.ts'

/** Bytes. GitLab takes no larger report (`dotenv_size` of its plan limits: docs.gitlab.com, "Limit dotenv file size"). */
const limit = 5120

/**
 * What later jobs of a pipeline need to find the cluster, as `KEY=value` lines: its name, context and kubeconfig, and the
 * endpoints as `NAME=URL,…`. No credentials: jobs and people who see the artifact would see them in the clear.
 * `leftOut`: how many endpoints had no room.
 */
export const dotenvOf = (
  report: Pick<UpReport, 'cluster' | 'endpoints' | 'seconds'>,
): { readonly text: string; readonly leftOut: number } => {
  const { endpoints } = report
  // The last ones give way: without any of the file a pipeline has nothing.
  for (let count = endpoints.length; ; count--) {
    const text = linesOf({ ...report, endpoints: endpoints.slice(0, count) })
    if (count === 0 || Buffer.byteLength(text) <= limit) return { text, leftOut: endpoints.length - count }
  }
}

const linesOf = ({ cluster, endpoints, seconds }: Pick<UpReport, 'cluster' | 'endpoints' | 'seconds'>): string =>
  [
    ['KINDUP_NAME', cluster.name],
    ['KINDUP_CONTEXT', cluster.context],
    ['KINDUP_KUBECONFIG', cluster.kubeconfig],
    ['KINDUP_ENDPOINTS', endpoints.map(({ name, url }) => `${name}=${url}`).join(',')],
    ['KINDUP_SECONDS', String(seconds)],
  ]
    .map(([key, value]) => `${key}=${value?.replaceAll(/[\r\n]+/g, ' ')}\n`)
    .join('')
