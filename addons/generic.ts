import { identified } from '../core/identity.ts'
import type { AddonConfig, Config } from '../config/config.ts'
import type { Deployable } from '../manifests/deployable.ts'
import { neededBy, userValues } from './deployable.ts'

/** A section that names any chart. Nothing is known of its values, so placement goes into the rendered objects. */
export const genericAddOn = (section: AddonConfig & { readonly chart: string }, config: Config): Deployable => ({
  ...identified({ kind: 'addon', name: section.name }),
  title: `${section.name} (${section.chart.split('/').at(-1)})`,
  namespace: section.namespace ?? section.name,
  source: {
    kind: 'helm',
    chart: {
      chart: section.chart,
      ...(section.repo === undefined ? {} : { repo: section.repo }),
      ...(section.version === undefined ? {} : { version: section.version }),
    },
    release: section.release ?? section.name,
    values: userValues(section, config),
  },
  needs: neededBy(section, config),
  ...(section.placement ? { placement: section.placement } : {}),
  placementBy: 'objects',
  patches: [],
  skip: [],
  provides: [],
  hosts: [],
  expose: [],
  apiServices: [],
  revision: 1,
  at: config.at(['addons', section.name]),
})
