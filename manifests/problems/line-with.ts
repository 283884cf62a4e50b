import { readFileSync } from 'node:fs'
import type { Place } from '../../core/problem.ts'

/** The line where a text stands in an object that begins at `at`, if its file has it. */
export const lineWith = (text: string, at: Place): Place => {
  const { file, line: first } = at
  if (first === undefined) return at
  try {
    const lines = readFileSync(file, 'utf8').split('\n')
    const found = lines.findIndex((line, index) => index >= first - 1 && line.includes(text))
    return found < 0 ? at : { file, line: found + 1 }
  } catch {
    // An archive, or what a renderer made up.
    return at
  }
}
