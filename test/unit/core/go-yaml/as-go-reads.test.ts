import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseJson } from '../../../../core/whole-number.ts'
import { YamlError } from '../../../../core/go-yaml/cursor.ts'
import { readValue } from '../../../../core/go-yaml/read-value.ts'

/** What Go's parsers answered (sigs.k8s.io/yaml 1.6 as `go2`, go.yaml.in/yaml 3 as `go3`): JSON, or null where they refuse. */
type Case = { readonly text: string; readonly go2: string | null; readonly go3?: string | null }

const cases = JSON.parse(
  readFileSync(new URL('../../../fixtures/yaml/as-go-reads.json', import.meta.url), 'utf8'),
) as readonly Case[]

const read = (text: string, dialect: 'go2' | 'go3'): unknown => {
  try {
    return readValue(text, dialect)
  } catch (error) {
    if (error instanceof YamlError) return 'refused'
    throw error
  }
}

describe('YAML is read as Go reads it', () => {
  it.each(cases.map((one) => [one.text, one] as const))('%j', (text, { go2, go3 = go2 }) => {
    expect(read(text, 'go2')).toEqual(go2 === null ? 'refused' : parseJson(go2))
    expect(read(text, 'go3')).toEqual(go3 === null ? 'refused' : parseJson(go3))
  })
})
