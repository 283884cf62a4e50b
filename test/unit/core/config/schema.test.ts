import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { builtinAddons } from '../../../../core/config/builtin-addons.ts'
import type { JsonSchema } from '../../../../core/config/reference/json-schema.ts'
import { makeRun } from '../../../../core/run.ts'

const root = join(import.meta.dirname, '../../../..')
const fixtures = join(root, 'test/fixtures/config')
const schema = JSON.parse(readFileSync(join(root, 'docs/kindup.schema.json'), 'utf8')) as JsonSchema

const read = (path: string): unknown => parse(readFileSync(path, 'utf8'), { merge: true })

test('the files in docs are those that the schema makes', async () => {
  const { code, stderr } = await makeRun({})(process.execPath, ['scripts/generate-schema.ts', '--check'], {
    cwd: root,
    okCodes: [0, 1],
  })
  expect(stderr).toContain('in step')
  expect(code).toBe(0)
})

test('every key says what it is', () => {
  const silent: string[] = []
  const walk = (one: JsonSchema, path: string): void => {
    for (const [key, inner] of Object.entries(one.properties ?? {})) {
      if (inner.description === undefined) silent.push(`${path}.${key}`)
      walk(inner, `${path}.${key}`)
    }
    for (const inner of [...(one.anyOf ?? []), ...(one.allOf ?? []), ...(one.items === undefined ? [] : [one.items])])
      walk(inner, path)
    if (typeof one.additionalProperties === 'object') walk(one.additionalProperties, `${path}.…`)
    for (const [name, inner] of Object.entries(one.definitions ?? {})) walk(inner, name)
  }
  walk(schema, '')
  expect(silent).toEqual([])
})

describe('editors', () => {
  // zod's reader takes no `oneOf` of keys that are required; editors do.
  const readable: unknown = JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === 'oneOf' ? undefined : value,
  )
  const inEditor = z.fromJSONSchema(readable as Parameters<typeof z.fromJSONSchema>[0])

  test.each([
    join(root, 'kindup.yaml'),
    ...readdirSync(fixtures)
      // kindup takes a section without keys for one that is not there; an editor marks it.
      .filter((name) => /^valid-.*\.yaml$/.test(name) && name !== 'valid-empty-sections.yaml')
      .map((name) => join(fixtures, name)),
  ])('accept %s', (path) => {
    expect(inEditor.safeParse(read(path)).error?.issues).toBeUndefined()
  })

  test.each([
    'invalid-every-kind-at-once',
    'invalid-versions-as-numbers',
    'invalid-smoke-and-expose',
    'invalid-no-name',
  ])('mark %s', (name) => {
    expect(inEditor.safeParse(read(join(fixtures, `${name}.yaml`))).success).toBe(false)
  })

  test('offer the built-in add-ons', () => {
    expect(Object.keys(schema.properties?.['addons']?.properties ?? {})).toEqual(Object.keys(builtinAddons))
  })
})
