import type { SmokeConfig } from '../../config/config.ts'

/** The type of a body that says none itself: JSON where it is some. */
export const contentType = ({ body, headers }: SmokeConfig): Readonly<Record<string, string>> => {
  const given = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')
  return body === undefined || given || !isJson(body) ? {} : { 'content-type': 'application/json' }
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
