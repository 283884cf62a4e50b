import { mapsAt, textAt } from '../../../core/fields.ts'
import { conditionOf } from '../../ready/pod.ts'
import { shortened } from '../../ready/shortened.ts'
import type { KubeObject } from '../../kube/kube.ts'
import { ofKind, type Evidence } from '../evidence.ts'
import { aboutObject, type Finding } from '../finding.ts'

/** APIs and webhooks that nothing serves, definitions that do not take, and namespaces that do not go. */
export const apiCauses = (evidence: Evidence): readonly Finding[] => [
  ...ofKind(evidence, 'APIService').flatMap(deadApi),
  ...['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration']
    .flatMap((kind) => ofKind(evidence, kind))
    .flatMap((configuration) => deadWebhook(configuration, evidence)),
  ...ofKind(evidence, 'CustomResourceDefinition').flatMap(badDefinition),
  ...ofKind(evidence, 'Namespace').flatMap((namespace) => stuckNamespace(namespace, evidence)),
]

const deadApi = (service: KubeObject): readonly Finding[] => {
  const available = conditionOf(service, 'Available')
  if (available === undefined || available.status === 'True') return []
  return [
    {
      ...aboutObject(service),
      cause: `nothing answers for the APIService ${service.metadata.name}`,
      evidence: [shortened(`${available.reason ?? ''}: ${available.message ?? ''}`)],
      hints: [
        `kubectl delete apiservice ${service.metadata.name}   # where nothing serves it any more`,
        'Until it answers or is gone, no namespace can be deleted.',
      ],
      depth: 'api',
    },
  ]
}

/** One that has to be asked, and whose Service is not there, refuses everything. */
const deadWebhook = (configuration: KubeObject, evidence: Evidence): readonly Finding[] =>
  mapsAt(configuration, 'webhooks').flatMap((webhook): readonly Finding[] => {
    const namespace = textAt(webhook, 'clientConfig', 'service', 'namespace')
    const service = textAt(webhook, 'clientConfig', 'service', 'name')
    if (textAt(webhook, 'failurePolicy') === 'Ignore' || service === undefined) return []
    const isThere = ofKind(evidence, 'Service').some(
      ({ metadata }) => metadata.name === service && metadata.namespace === namespace,
    )
    if (isThere) return []
    const kind = configuration.kind.toLowerCase()
    return [
      {
        ...aboutObject(configuration),
        cause: `the webhook ${textAt(webhook, 'name') ?? ''} has to be asked, and its Service ${namespace}/${service} is not there: service "${service}" not found`,
        evidence: [],
        hints: [`kubectl delete ${kind} ${configuration.metadata.name}   # where what it belongs to is gone`],
        depth: 'api',
      },
    ]
  })

const badDefinition = (definition: KubeObject): readonly Finding[] => {
  const names = conditionOf(definition, 'NamesAccepted')
  if (names?.status !== 'False') return []
  return [
    {
      ...aboutObject(definition),
      cause: `its names are taken: ${shortened(names.message ?? '')}`,
      evidence: [],
      hints: ['Two definitions want the same names: take one of them away.'],
      depth: 'api',
    },
  ]
}

const stuckNamespace = (namespace: KubeObject, evidence: Evidence): readonly Finding[] => {
  if (namespace.metadata.deletionTimestamp === undefined) return []
  const { name } = namespace.metadata
  const said = (type: string): string | undefined => {
    const condition = conditionOf(namespace, type)
    return condition?.status === 'True' ? condition.message : undefined
  }
  const discovery = said('NamespaceDeletionDiscoveryFailure')
  const finalizers = said('NamespaceFinalizersRemaining')
  const dead = ofKind(evidence, 'APIService').filter((one) => conditionOf(one, 'Available')?.status === 'False')
  const about = aboutObject(namespace)
  if (discovery !== undefined)
    return [
      {
        ...about,
        namespace: name,
        cause: `the Namespace ${name} cannot go: ${dead.length === 0 ? shortened(discovery) : `nothing answers for the APIService ${dead.map((one) => one.metadata.name).join(', ')}`}`,
        evidence: [shortened(discovery)],
        hints: dead.map((one) => `kubectl delete apiservice ${one.metadata.name}   # where nothing serves it any more`),
        depth: 'api',
      },
    ]
  if (finalizers !== undefined)
    return [
      {
        ...about,
        namespace: name,
        cause: `the Namespace ${name} cannot go: finalizers are left in it that nothing takes away`,
        evidence: [shortened(finalizers), ...(said('NamespaceContentRemaining') ?? '').split('\n').slice(0, 1)],
        hints: [
          'Bring the controller of the finalizer back, or take the finalizer away:',
          `kubectl patch KIND NAME --namespace ${name} --type merge --patch '{"metadata":{"finalizers":null}}'`,
        ],
        depth: 'api',
      },
    ]
  return []
}
