import { EnvironmentError } from '../../core/errors.ts'
import { listAt, textAt } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import { parseJson } from '../../core/whole-number.ts'
import type { KubeObject } from './models.ts'

/** What the API answered as JSON. `doing` completes "what it answered when asked to". Throws EnvironmentError `api-unreadable`. */
export const jsonAnswer = (text: string, doing: string): unknown => {
  try {
    return parseJson(text)
  } catch (cause) {
    throw unreadable(text, doing, cause)
  }
}

/** The object that the API answered. Throws EnvironmentError `api-unreadable`. */
export const objectAnswer = (text: string, doing: string): KubeObject => {
  const value = jsonAnswer(text, doing)
  if (isObject(value)) return value
  throw unreadable(text, doing)
}

/** The objects of a list that the API answered: only the list itself says what its items are. Throws EnvironmentError `api-unreadable`. */
export const listAnswer = (
  text: string,
  { apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>,
): { readonly items: readonly KubeObject[]; readonly resourceVersion: string } => {
  const doing = `list ${kind}`
  const value = jsonAnswer(text, doing)
  const resourceVersion = textAt(value, 'metadata', 'resourceVersion')
  const items = listAt(value, 'items').map((item) => (isRecord(item) ? { ...item, apiVersion, kind } : item))
  if (resourceVersion === undefined || !items.every(isObject)) throw unreadable(text, doing)
  return { items, resourceVersion }
}

/** Whether a value is an object as the API sends it: with a kind, and with metadata that name it. */
export const isObject = (value: unknown): value is KubeObject =>
  textAt(value, 'apiVersion') !== undefined &&
  textAt(value, 'kind') !== undefined &&
  textAt(value, 'metadata', 'name') !== undefined

/** Whoever answered is no Kubernetes API: a proxy between, or another server at its address. */
const unreadable = (text: string, doing: string, cause?: unknown): EnvironmentError =>
  new EnvironmentError(
    'api-unreadable',
    `What came when the API was asked to ${doing} is no answer of Kubernetes: ${text.trim().slice(0, 120) || '(nothing)'}`,
    { cause, hints: ['kubectl get --raw /version   # does a proxy, or another server, answer at its address?'] },
  )
