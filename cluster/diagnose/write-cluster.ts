import { timeOf } from '../ready/event-time.ts'
import { stringify } from 'yaml'
import { isRecord } from '../../core/is-record.ts'
import { table } from '../../core/print/table.ts'
import type { KubeObject } from '../kube/kube.ts'
import type { PodEvent } from '../kube/models.ts'
import { eventsOf, ofKind, troubledPods, type Evidence } from './evidence.ts'
import type { Cause } from './find-causes.ts'
import type { DiagnosisFolder } from './folder.ts'
import type { Ground } from './ground.ts'

/** Writes what was seen of the engine and of the nodes. */
export const writeGround = async (folder: DiagnosisFolder, { engine, containers, nodes }: Ground): Promise<void> => {
  await folder.write('engine.json', JSON.stringify({ engine: engine ?? null, containers }, undefined, 2))
  for (const { container, files } of nodes)
    for (const [name, text] of Object.entries(files))
      if (text !== '') await folder.write(`nodes/${container}/${name}.log`, text)
}

/** Writes what was seen of the cluster: overviews of all, and in full what is not ready, with its logs. */
export const writeCluster = async (
  folder: DiagnosisFolder,
  evidence: Evidence,
  causes: readonly Cause[],
): Promise<void> => {
  if (evidence.objects.length === 0) return
  await folder.write('cluster/objects.txt', overview(evidence))
  await folder.write('cluster/events.txt', eventLines(evidence))
  await folder.write('cluster/nodes.yaml', ofKind(evidence, 'Node').map(asYaml).join('---\n'))
  await folder.write('cluster/helm.txt', helmState(evidence))
  const meant = new Set(causes.flatMap(({ about }) => about))
  const full = [
    ...evidence.objects.filter((object) => object.kind !== 'Pod' && meant.has(shownName(object))),
    ...troubledPods(evidence.objects),
  ]
  for (const object of full) {
    const place = `not-ready/${object.metadata.namespace ?? '_cluster'}/${object.kind.toLowerCase()}-${object.metadata.name}`
    const events = eventsOf(evidence, object).map(eventLine)
    await folder.write(`${place}.yaml`, `${asYaml(object)}${events.map((line) => `# ${line}\n`).join('')}`)
    for (const [key, text] of evidence.logs)
      if (object.kind === 'Pod' && key.startsWith(`${object.metadata.namespace}/${object.metadata.name}/`))
        await folder.write(`${place}.${key.split('/').at(-1)}.log`, text)
  }
}

const shownName = ({ kind, metadata: { name, namespace } }: KubeObject): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`

/** Everything that was asked for, a line each: what there is, and since when. */
const overview = ({ objects }: Evidence): string =>
  table(
    objects
      .filter(({ kind }) => kind !== 'Event')
      .map((object) => [
        object.kind,
        object.metadata.namespace ?? '-',
        object.metadata.name,
        phaseOf(object),
        object.metadata.creationTimestamp ?? '',
      ])
      .toSorted((a, b) => a.slice(0, 3).join(' ').localeCompare(b.slice(0, 3).join(' '), 'en')),
    '',
  )

const phaseOf = ({ status }: KubeObject): string => {
  if (!isRecord(status)) return '-'
  const { phase, readyReplicas, replicas } = status
  if (typeof phase === 'string') return phase
  return typeof replicas === 'number'
    ? `${typeof readyReplicas === 'number' ? readyReplicas : 0}/${replicas} ready`
    : '-'
}

const eventLines = (evidence: Evidence): string =>
  (ofKind(evidence, 'Event') as readonly PodEvent[])
    .toSorted((a, b) => timeOf(a) - timeOf(b))
    .map((event) => {
      const { kind = '', namespace = '', name = '' } = event.involvedObject ?? {}
      return `${eventLine(event)}   (${kind} ${namespace}/${name})`
    })
    .join('\n')

const eventLine = (event: PodEvent): string => {
  const { type = '', reason = '', message = '', count = 1 } = event
  const at = timeOf(event) === 0 ? '-' : new Date(timeOf(event)).toISOString()
  return `${at} ${type} ${reason}${count > 1 ? ` (${count} times)` : ''}: ${message.trim().replaceAll('\n', ' ')}`
}

/** As `kubectl get --output yaml` has it, without what managers noted, and without values that are called secret. */
const asYaml = (object: KubeObject): string => stringify(hidden(object), { aliasDuplicateObjects: false })

const telling = /password|passwd|passphrase|secret|token|credential|api_?key|access_?key|private_?key/i

const hidden = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((item) => hidden(item))
  if (!isRecord(value)) return value
  const isVariable = typeof value['name'] === 'string' && typeof value['value'] === 'string'
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) => {
      if (name === 'managedFields' || name === 'kubectl.kubernetes.io/last-applied-configuration') return []
      const isTold = isVariable && name === 'value' && telling.test(String(value['name']))
      return [[name, isTold ? '***' : hidden(item)]]
    }),
  )
}

/** The revisions that helm remembers, as the labels of its own Secrets tell: what it holds is not read. */
const helmState = (evidence: Evidence): string =>
  table([
    ['NAMESPACE', 'RELEASE', 'REVISION', 'STATUS'],
    ...ofKind(evidence, 'Secret')
      .filter(({ metadata }) => metadata.labels?.['owner'] === 'helm')
      .map(({ metadata: { namespace = '', labels = {} } }) => [
        namespace,
        labels['name'] ?? '',
        labels['version'] ?? '',
        labels['status'] ?? '',
      ])
      .toSorted((a, b) => a.join(' ').localeCompare(b.join(' '), 'en', { numeric: true })),
  ])
