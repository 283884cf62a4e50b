import { readFileSync } from 'node:fs'
import type { Place } from '../../core/problem.ts'

/** The line that names a key of a Secret, from the first line of its object on; the object's own where it is written otherwise. */
export const lineOfKey = (at: Place, key: string): Place => {
  const { file, line } = at
  if (line === undefined) return at
  try {
    const lines = readFileSync(file, 'utf8')
      .split('\n')
      .slice(line - 1)
    const end = lines.findIndex((text, index) => index > 0 && text.startsWith('---'))
    const escaped = key.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    const found = lines
      .slice(0, end === -1 ? undefined : end)
      .findIndex((text) => new RegExp(String.raw`\bkey["']?:\s*["']?${escaped}["']?\s*(?:[,}#]|$)`).test(text))
    return found === -1 ? at : { file, line: line + found }
  } catch {
    return at
  }
}
