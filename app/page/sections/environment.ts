import { html, type Html, type Part } from '../html.ts'
import { linked, marked } from '../mark.ts'
import type { EndpointLine, NodeLine, StepLine, WorkloadLine } from '../page.ts'
import { tableOf } from '../table.ts'

export const stepsBody = (steps: readonly StepLine[]): Html =>
  tableOf(
    'Every step and how it stands',
    ['Step', 'State', 'Why'],
    steps.map(({ id, mark, state, why }) => [id, marked(mark, state), why]),
  )

export const nodesBody = (nodes: readonly NodeLine[]): Html =>
  tableOf(
    'The nodes of the cluster',
    ['Node', 'Role', 'State', 'Version', 'Labels', 'Host ports'],
    nodes.map(({ name, role, ready, version, labels, ports }) => [
      name,
      role,
      ready && marked(ready.ok ? 'well' : 'failed', ready.ok ? 'ready' : ready.why),
      version,
      codes(labels),
      codes(ports),
    ]),
  )

/** Add-ons, or services. */
export const workloadsBody = (caption: string, workloads: readonly WorkloadLine[]): Html =>
  tableOf(
    caption,
    ['Name', 'Namespace', 'Made from', 'Images'],
    workloads.map(({ id, namespace, source, images }) => [id, namespace, source, codes(images)]),
  )

export const endpointsBody = (endpoints: readonly EndpointLine[]): Html => {
  const isTried = endpoints.some(({ answer }) => answer)
  return tableOf(
    'Where everything is',
    ['Endpoint', 'Address', ...(isTried ? ['Answer'] : [])],
    endpoints.map(({ name, url, answer }): readonly Part[] => [
      name,
      linked(url),
      ...(isTried ? [answer && marked(answer.ok ? 'well' : 'failed', answer.said)] : []),
    ]),
  )
}

const codes = (texts: readonly string[]): readonly Html[] =>
  texts.map((text) => html`<code class="item">${text}</code> `)
