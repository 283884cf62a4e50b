import { factsOf } from '../core/assess.ts'
import type { Context, Endpoint, Facts, Port, Step } from '../core/step.ts'
import { labelledCredentials } from '../services/labelled-credentials.ts'
import { localName } from '../services/local-name.ts'
import type { Environment } from './environment.ts'

/** What the environment lets the user reach: of its steps, of Secrets that anything labelled for it, and of ports that nothing else names. */
export const gatherFacts = async (
  { cluster, steps }: Environment,
  contextFor: (step: Pick<Step, 'id'>) => Context,
): Promise<Required<Facts>> => {
  const context = contextFor({ id: 'credentials' })
  // A walk of the host names alone needs no cluster, and there may be none.
  const asksCluster = steps.some(({ id }) => id === 'cluster/api')
  const [facts, labelled] = await Promise.all([
    factsOf(steps, contextFor),
    asksCluster ? cluster.kube(context).then(labelledCredentials) : [],
  ])
  return {
    ...facts,
    endpoints: [...facts.endpoints, ...otherPorts(facts.ports, facts.endpoints)],
    credentials: [
      ...facts.credentials,
      ...labelled.filter(({ name }) => !facts.credentials.some((known) => known.name === name)),
    ],
  }
}

/** Ports of the Ingress are in the URLs of its hosts. */
const otherPorts = (ports: readonly Port[], endpoints: readonly Endpoint[]): readonly Endpoint[] =>
  ports
    .filter(({ nodePort }) => ![80, 443, 6443].includes(nodePort))
    .map((port) => ({ port, at: `${localName(port)}:${port.hostPort}` }))
    .filter(({ at }) => !endpoints.some((known) => known.url.endsWith(at)))
    .map(({ port, at }) => ({ name: `node port ${port.nodePort}`, url: `${port.protocol}://${at}` }))
