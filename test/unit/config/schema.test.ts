import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { builtinAddons } from '../../../config/builtin-addons.ts'
import type { JsonSchema } from '../../../config/reference/json-schema.ts'
import { pathPatterns } from '../../../config/source/paths-in.ts'
import { makeRun } from '../../../core/run.ts'

const root = join(import.meta.dirname, '../../..')
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

/** Every key of the schema with where it stands, those of all sections. */
const keys = (one: JsonSchema, path = ''): readonly { readonly path: string; readonly schema: JsonSchema }[] => [
  ...Object.entries(one.properties ?? {}).flatMap(([key, inner]) => [
    { path: `${path}.${key}`, schema: inner },
    ...keys(inner, `${path}.${key}`),
  ]),
  ...[...(one.anyOf ?? []), ...(one.allOf ?? []), ...(one.items === undefined ? [] : [one.items])].flatMap((inner) =>
    keys(inner, path),
  ),
  ...(typeof one.additionalProperties === 'object' ? keys(one.additionalProperties, `${path}.…`) : []),
  ...Object.entries(one.definitions ?? {}).flatMap(([name, inner]) => keys(inner, name)),
]

// zod's reader takes no `oneOf` of keys that are required; editors do.
const reader = (one: JsonSchema) =>
  z.fromJSONSchema(
    JSON.parse(
      JSON.stringify({ ...one, $schema: schema.$schema, definitions: schema.definitions }),
      (key, value: unknown) => (key === 'oneOf' ? undefined : value),
    ) as Parameters<typeof z.fromJSONSchema>[0],
  )

describe('every key', () => {
  const all = keys(schema)

  test('is looked at', () => {
    expect(all.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        '.name',
        '.cluster.nodes.role',
        '.services.….smoke.timeout',
        'addon.chart',
        'image.build',
      ]),
    )
  })

  test('says what it is, in a sentence', () => {
    expect(all.filter((key) => !/^[A-Z`].*\.$/s.test(key.schema.description ?? '')).map(({ path }) => path)).toEqual([])
  })

  test('has a default or an example, and each of them is one that may be written', () => {
    const wrong = all.flatMap((key) => {
      const { default: fallback, examples = [] } = key.schema
      const shown = [...examples, ...(fallback === undefined ? [] : [fallback])]
      if (shown.length === 0) return [key.path]
      const takes = reader(key.schema)
      return shown
        .filter((value) => !takes.safeParse(value).success)
        .map((value) => `${key.path}: ${JSON.stringify(value)}`)
    })
    expect(wrong).toEqual([])
  })
})

describe('every key that names a file or a folder', () => {
  // The sections that stand at several places have a name of their own there.
  const places: Readonly<Record<string, readonly string[]>> = {
    image: ['.images.…', '.services.….image'],
    addon: ['.addons.…'],
  }
  const all = keys(schema).flatMap(({ path, schema: one }) => {
    const [section = '', ...below] = path.split('.')
    return (places[section] ?? ['']).map((at) => ({ path: [at, ...below].join('.'), one }))
  })
  const listed = pathPatterns.map((pattern) => `.${pattern.replaceAll('[]', '').replaceAll('*', '…')}`)

  test('is known where paths are moved, and held against the repository that they are in', () => {
    const takesPath = (one: JsonSchema): boolean =>
      ['./a', ['./a'], { a: './a' }].some((value) => reader(one).safeParse(value).success)
    const named = all.filter(
      ({ one: { examples = [], description = '' } }) =>
        /\b(?:files?|folders?)\b/i.test(description) || /"(?:\.{1,2}|~)\//.test(JSON.stringify(examples)),
    )
    const unknown = named.filter(
      ({ path, one }) => !listed.includes(path) && !listed.includes(`${path}.…`) && takesPath(one),
    )
    // Files that are included are read before keys are, and held against the repository by themselves; the folder is one of containers.
    expect(unknown.map(({ path }) => path)).toEqual(['.include', '.secrets.….mount.path'])
  })

  test('is a key of the schema', () => {
    const known = new Set(all.map(({ path }) => path))
    const gone = listed.filter((path) => !known.has(path.replace(/\.…$/, '')) && !path.startsWith('.cluster.kind.'))
    expect(gone).toEqual([])
  })
})

describe('editors', () => {
  const inEditor = reader(schema)

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
