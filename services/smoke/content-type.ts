import type { SmokeConfig } from '../../config/config.ts'
import { isJson } from '../../core/is-json.ts'

/** The type of a body that says none itself: JSON where it is some. */
export const contentType = ({ body, headers }: SmokeConfig): Readonly<Record<string, string>> => {
  const given = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  return body === undefined || given || !isJson(body) ? {} : { 'content-type': 'application/json' }
}
