import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { fieldsAt } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import { root } from './pages.ts'

type Job = {
  readonly variables: Readonly<Record<string, string>>
  readonly script: readonly (string | readonly string[])[]
  readonly after_script: readonly string[]
}

type Input = { readonly default?: unknown; readonly type?: string }

const text = (): string => readFileSync(join(root, 'templates/kindup.yml'), 'utf8')

/** The inputs that templates/kindup.yml declares. */
export const gitlabInputs = (): Readonly<Record<string, Input>> => {
  const [header] = parseAllDocuments(text())
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a file of this repository
  return fieldsAt(header?.toJS(), 'spec', 'inputs') as Readonly<Record<string, Input>>
}

/** The job that GitLab makes of the template: inputs filled in, a list of lines as a list. */
export const gitlabJob = (given: Readonly<Record<string, unknown>>): Job => {
  const inputs = gitlabInputs()
  const unknown = Object.keys(given).filter((name) => !(name in inputs))
  const missing = Object.keys(inputs).filter((name) => inputs[name]?.default === undefined && !(name in given))
  if (unknown.length + missing.length > 0) throw new Error(`unknown: ${unknown.join()}; missing: ${missing.join()}`)
  const valueOf = (name: string): unknown => given[name] ?? inputs[name]?.default
  const filled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(filled)
    if (isRecord(value))
      return Object.fromEntries(Object.entries(value).map(([key, one]) => [filled(key), filled(one)]))
    if (typeof value !== 'string') return value
    const whole = /^\$\[\[ inputs\.([\w-]+) \]\]$/.exec(value)?.[1]
    if (whole !== undefined) return valueOf(whole)
    return value.replaceAll(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_all, name: string) => String(valueOf(name)))
  }
  const [, body] = parseAllDocuments(text())
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a file of this repository
  return Object.values(filled(body?.toJS()) as Record<string, Job>)[0]!
}
