import type { AddonConfig, Config } from '../config/config.ts'
import { ConfigError } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'
import type { Deployable } from '../manifests/deployable.ts'
import type { AddOn } from './addon.ts'
import { argocd } from './argocd/index.ts'
import { deployableOf } from './deployable.ts'
import { flux } from './flux/index.ts'
import { gatewayDeployable, gatewayProblems } from './gateway/index.ts'
import { genericAddOn } from './generic.ts'
import { headlamp } from './headlamp/index.ts'
import { ingressNginx } from './ingress-nginx/index.ts'
import { metricsServer } from './metrics-server/index.ts'
import { problemsOf } from './problems.ts'
import { traefik } from './traefik/index.ts'

const known: readonly AddOn[] = [traefik, ingressNginx, metricsServer, argocd, flux, headlamp]

/** The names of the add-ons that need no `chart`. */
export const builtInAddons: readonly string[] = [...known.map(({ name }) => name), 'gateway']

/** The add-ons of the file, in its order. Throws ConfigError with every problem at once. */
export const addonDeployables = (config: Config): readonly Deployable[] => {
  const problems: Problem[] = []
  const deployables = config.addons.flatMap((section) => {
    const isGateway = section.name === 'gateway' && section.chart === undefined
    if (isGateway) {
      const found = gatewayProblems(section, config)
      problems.push(...found)
      return found.length > 0 ? [] : [gatewayDeployable(section, config)]
    }
    const addOn = known.find(({ name }) => name === section.name)
    const found = problemsOf(section, addOn, config)
    problems.push(...found)
    if (found.length > 0) return []
    if (addOn) return [deployableOf(addOn, section, config)]
    return hasChart(section) ? [genericAddOn(section, config)] : []
  })
  if (problems.length > 0)
    throw new ConfigError('The add-ons of the file cannot be installed as they stand.', { problems })
  return deployables
}

const hasChart = (section: AddonConfig): section is AddonConfig & { readonly chart: string } =>
  section.chart !== undefined
