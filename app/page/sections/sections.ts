import type { Html } from '../html.ts'
import type { Page } from '../page.ts'
import { causesBody } from './causes.ts'
import { credentialsBody } from './credentials.ts'
import { endpointsBody, nodesBody, stepsBody, workloadsBody } from './environment.ts'
import { logsBody, warningsBody } from './logs.ts'
import { smokeBody } from './smoke.ts'
import { timelineBody } from './timeline.ts'

export type Section = { readonly id: string; readonly title: string; readonly body: Html }

/** The parts of a page that have something to tell, what somebody looks for first above. */
export const sectionsOf = (page: Page): readonly Section[] => {
  const { causes, timeline, steps, nodes, workloads, endpoints, credentials, smoke, warnings, logs } = page
  const of = (kind: string) => workloads.filter((one) => one.kind === kind)
  const addons = of('addon')
  const services = of('service')
  const all: readonly (false | undefined | Section)[] = [
    causes.length > 0 && {
      id: 'why',
      title: page.isLook ? 'What is not well' : causes.length > 1 ? 'What failed' : 'Why it failed',
      body: causesBody(page),
    },
    logs.length > 0 && { id: 'logs', title: 'Logs', body: logsBody(logs) },
    endpoints.length > 0 && { id: 'endpoints', title: 'Endpoints', body: endpointsBody(endpoints) },
    credentials.length > 0 && { id: 'credentials', title: 'Credentials', body: credentialsBody(credentials) },
    smoke.length > 0 && {
      id: 'smoke',
      title: page.isLook ? 'Smoke tests of the last runs' : 'Smoke tests',
      body: smokeBody(smoke),
    },
    timeline &&
      timeline.rows.length > 0 && {
        id: 'timeline',
        title: timeline.at === undefined ? 'Timeline' : 'Timeline of the last run',
        body: timelineBody(timeline),
      },
    services.length > 0 && { id: 'services', title: 'Services', body: workloadsBody('Services', services) },
    addons.length > 0 && { id: 'addons', title: 'Add-ons', body: workloadsBody('Add-ons', addons) },
    nodes.length > 0 && { id: 'nodes', title: 'Nodes', body: nodesBody(nodes) },
    steps.length > 0 && { id: 'steps', title: 'Steps', body: stepsBody(steps) },
    warnings.length > 0 && { id: 'warnings', title: 'Warnings', body: warningsBody(warnings) },
  ]
  return all.filter((section) => section !== false && section !== undefined)
}
