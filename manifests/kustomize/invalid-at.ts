import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Place } from '../../core/problem.ts'
import { readValue } from '../../core/go-yaml/read-value.ts'
import { lineFinder } from '../yaml/parse.ts'
import { kustomizationFile, kustomizationFiles } from './files.ts'

type Found = { readonly at: Place; readonly hint?: string }

/** Where a kustomization has what kustomize calls invalid without a line: a key that it does not know, a number where a text belongs. */
export const invalidAt = (said: string, folder: string): Found | undefined => {
  const [, unknown, kind, path] =
    /invalid Kustomization: json: (?:unknown field "([^"]+)"|cannot unmarshal (number|bool) into Go struct field \w+\.([\w.]+) of type string)/.exec(
      said,
    ) ?? []
  const key = unknown ?? path?.split('.').at(-1)
  const isVersion = /invalid Kustomization: yaml: found incompatible YAML document/.test(said)
  if (key === undefined && !isVersion) return undefined
  for (const file of kustomizationFiles(folder).filter((one) => kustomizationFile(dirname(one)) === one)) {
    const text = readFileSync(file, 'utf8')
    const found = isVersion
      ? versionIn(text)
      : kind === undefined
        ? keyIn(text, key ?? '')
        : valueIn(text, key ?? '', kind)
    if (found) return { at: { file, ...lineFinder(text)(found.offset) }, ...(found.hint && { hint: found.hint }) }
  }
  return undefined
}

type Spot = { readonly offset: number; readonly hint?: string }

const versionIn = (text: string): Spot | undefined => {
  const offset = text.search(/^%YAML/m)
  return offset < 0 ? undefined : { offset, hint: 'Take the line away: kustomize reads YAML 1.1.' }
}

const keyIn = (text: string, key: string): Spot | undefined => {
  const found = new RegExp(String.raw`(?<=^|[\s{,])["']?${key.replaceAll(/\W/g, '\\$&')}["']?\s*:`).exec(text)
  return found ? { offset: found.index } : undefined
}

/** The first value without quotes, at the key or below it, that is a number or a boolean. */
const valueIn = (text: string, key: string, kind: string): Spot | undefined => {
  const from = keyIn(text, key)?.offset
  if (from === undefined) return undefined
  for (const { 0: all, 1: written = '', index } of text.slice(from).matchAll(/:[ \t]+([^\s"'#,{}[\]&*!|>]+)/g))
    if (typeOf(written) === kind)
      return { offset: from + index + all.length - written.length, hint: `Quote it: ${JSON.stringify(written)}` }
  return undefined
}

const typeOf = (written: string): string => {
  try {
    const value = readValue(written, 'go2')
    return typeof value === 'boolean' ? 'bool' : typeof value
  } catch {
    return ''
  }
}
