import { badRequest } from './refusals.ts'
import { isMap } from './object.ts'
import type { Obj } from './object.ts'

/** Whether an object fits `labelSelector` and `fieldSelector` as they stand in a query. Refuses what it cannot read. */
export const fitsQuery = (query: URLSearchParams): ((object: Obj) => boolean) => {
  const labels = parts(query.get('labelSelector') ?? '').map(labelTest)
  const fields = parts(query.get('fieldSelector') ?? '').map(fieldTest)
  return (object) => labels.every((test) => test(object.metadata.labels ?? {})) && fields.every((test) => test(object))
}

/** Splits at commas that stand in no bracket. */
const parts = (text: string): string[] =>
  text
    .split(/,(?![^(]*\))/)
    .map((part) => part.trim())
    .filter((part) => part !== '')

const labelTest = (part: string): ((labels: Record<string, string>) => boolean) => {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(part)
  if (set) {
    const [, key = '', operator, list = ''] = set
    const values = list.split(',').map((value) => value.trim())
    const isIn = (labels: Record<string, string>): boolean => labels[key] !== undefined && values.includes(labels[key])
    return operator === 'in' ? isIn : (labels) => !isIn(labels)
  }
  const compared = /^([^=!\s]+)\s*(==|=|!=)\s*(\S*)$/.exec(part)
  if (compared) {
    const [, key = '', operator, value = ''] = compared
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value
  }
  if (/^![\w./-]+$/.test(part)) return (labels) => labels[part.slice(1)] === undefined
  if (/^[\w./-]+$/.test(part)) return (labels) => labels[part] !== undefined
  throw badRequest(`unable to parse requirement: ${part}`)
}

/** Any path is taken; a real server knows only some per kind. */
const fieldTest = (part: string): ((object: Obj) => boolean) => {
  const compared = /^([^=!]+)(==|=|!=)(.*)$/.exec(part)
  if (!compared) throw badRequest(`invalid field selector: ${part}`)
  const [, path = '', operator, value = ''] = compared
  return (object) => {
    const found = path.split('.').reduce<unknown>((at, key) => (isMap(at) ? at[key] : undefined), object)
    return (shown(found) === value) === (operator !== '!=')
  }
}

const shown = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
