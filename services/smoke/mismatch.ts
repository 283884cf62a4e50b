import { isDeepStrictEqual } from 'node:util'
import { isRecord } from '../../core/is-record.ts'
import type { SmokeConfig } from '../../config/config.ts'
import type { Answer } from './request.ts'

/** What of an answer is not as the test says, or undefined. Without `status` any success or redirect will do. */
export const mismatch = (smoke: SmokeConfig, { status, body }: Pick<Answer, 'status' | 'body'>): string | undefined => {
  if (smoke.status === undefined ? status < 200 || status > 399 : status !== smoke.status)
    return `status ${status} instead of ${smoke.status ?? '200 to 399'}, with ${shownBody(body)}`
  if (smoke.text !== undefined && !body.includes(smoke.text)) return `\`${smoke.text}\` is not in ${shownBody(body)}`
  if (smoke.json === undefined) return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    return `its body is no JSON: ${shownBody(body)}`
  }
  return difference(smoke.json, parsed, '$')
}

/** Where `found` does not hold `wanted`: maps may have more keys, lists match element by element. */
export const difference = (wanted: unknown, found: unknown, path: string): string | undefined => {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found)) return `${path} is ${shown(found)} instead of a list`
    if (found.length !== wanted.length) return `${path} has ${found.length} elements instead of ${wanted.length}`
    return first(wanted.map((element, index) => () => difference(element, found[index], `${path}[${index}]`)))
  }
  if (isRecord(wanted)) {
    if (!isRecord(found)) return `${path} is ${shown(found)} instead of a map`
    return first(
      Object.entries(wanted).map(([key, value]) => () => {
        const below = /^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
        return Object.hasOwn(found, key) ? difference(value, found[key], below) : `${below} is missing`
      }),
    )
  }
  return isDeepStrictEqual(wanted, found) ? undefined : `${path} is ${shown(found)} instead of ${shown(wanted)}`
}

const first = (looks: readonly (() => string | undefined)[]): string | undefined => {
  for (const probe of looks) {
    const found = probe()
    if (found !== undefined) return found
  }
  return undefined
}

const shown = (value: unknown): string => cut(JSON.stringify(value) ?? 'missing')

const shownBody = (body: string): string =>
  body.trim() === '' ? 'an empty body' : `the body \`${cut(body.trim().replaceAll(/\s+/g, ' '))}\``

const cut = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text)
