import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Place } from '../../core/problem.ts'
import { kustomizationFile, kustomizationFiles } from './files.ts'

type Line = {
  readonly file: string
  readonly line: number
  readonly text: string
  readonly value: string
  readonly from: number
}

/** Finds the one line of a folder's kustomizations that writes a value: a label, a count, the operation of a patch. Undefined where several may. */
export const makeMadeAt = (
  folder: string,
): ((value: unknown, key: string | number | undefined) => Place | undefined) => {
  let lines: readonly Line[] | undefined
  return (value, key) => {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined
    const text = `${value}`
    if (text === '') return undefined
    lines ??= kustomizationFiles(folder)
      .filter((file) => kustomizationFile(dirname(file)) === file)
      .flatMap(linesOf)
    const equal = lines.filter((one) => one.value === text)
    const called = equal.filter((one) => key !== undefined && one.text.includes(`${key}`))
    const [only, second] = called.length > 0 ? called : equal
    return only && !second ? { file: only.file, line: only.line, column: only.from } : undefined
  }
}

/** What stands behind the last colon, dash or equals sign of each line. */
const linesOf = (file: string): readonly Line[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((text, index): readonly Line[] => {
      const found = /^(?:.*?(?::|-)\s+|.*?=)(?<value>"[^"]*"|'[^']*'|[^\s#{[][^#]*?)\s*(?:#.*)?$/.exec(text)
      const value = found?.groups?.['value']
      if (value === undefined) return []
      const last = /^(?:- )?[\w./-]+(?::\s+|=)(.*)$/.exec(value)?.[1] ?? value
      const bare = last.replaceAll(/^["']|["']$/g, '')
      return [{ file, line: index + 1, text, value: bare, from: text.lastIndexOf(last) + 1 }]
    })
