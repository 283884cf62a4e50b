import type { PatchConfig } from '../../config/config.ts'
import { fieldsAt, textAt } from '../../core/fields.ts'
import { readValue } from '../../core/go-yaml/read-value.ts'
import { isRecord } from '../../core/is-record.ts'
import { splitDocuments } from '../yaml/split.ts'

/**
 * A patch as kustomize takes it: what begins with a bracket it takes for JSON, and a list of YAML in one line would not do. It wants a
 * kind and a name in every strategic merge patch; with a target it does not look at them.
 */
export const asKustomizeReads = ({ patch, target }: Pick<PatchConfig, 'patch' | 'target'>): string => {
  try {
    if (patch.trimStart().startsWith('[')) return JSON.stringify(readValue(patch, 'go3'))
    if (target === undefined) return patch
    const documents = splitDocuments(patch).map(({ text }) => ({ text, value: readValue(text, 'go3') }))
    if (!documents.some(({ value }) => isUnnamed(value))) return patch
    return documents
      .map(({ text, value }) => (isUnnamed(value) ? `---\n${JSON.stringify(named(value))}\n` : text))
      .join('')
  } catch {
    return patch
  }
}

const isUnnamed = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isRecord(value) && (textAt(value, 'kind') === undefined || textAt(value, 'metadata', 'name') === undefined)

const named = (value: Readonly<Record<string, unknown>>): object => ({
  ...value,
  kind: textAt(value, 'kind') ?? 'Any',
  metadata: { ...fieldsAt(value, 'metadata'), name: textAt(value, 'metadata', 'name') ?? 'any' },
})
