import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { argocd } from '../../../addons/argocd/index.ts'
import { flux } from '../../../addons/flux/index.ts'
import { headlamp } from '../../../addons/headlamp/index.ts'
import { ingressNginx } from '../../../addons/ingress-nginx/index.ts'
import { metricsServer } from '../../../addons/metrics-server/index.ts'
import { traefik } from '../../../addons/traefik/index.ts'
import type { Chart } from './charts.ts'

/** The charts of the built-in add-ons that lie in a folder as `NAME-VERSION.tgz`, each in its publisher's repository. */
export const builtInCharts = (folder: string): readonly Chart[] => {
  const files = readdirSync(folder)
  return [traefik, ingressNginx, metricsServer, argocd, flux, headlamp].flatMap(({ chart }) => {
    const file = `${chart.chart}-${chart.version}.tgz`
    if (!files.includes(file) || chart.repo === undefined || chart.version === undefined) return []
    return [{ repo: chart.repo, name: chart.chart, version: chart.version, archive: readFileSync(join(folder, file)) }]
  })
}
