import { ofKind, type Evidence } from './evidence.ts'
import { table } from '../../core/print/table.ts'

/** The revisions that helm remembers, as the labels of its own Secrets tell: what it holds is not read. */
export const helmState = (evidence: Evidence): string =>
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
