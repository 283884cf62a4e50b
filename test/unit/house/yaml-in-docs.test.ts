import { expect, test } from 'vitest'
import { builtinAddons } from '../../../config/builtin-addons.ts'
import { fileSchema } from '../../../config/schema/file.ts'
import { service } from '../../../config/schema/services.ts'
import { checkShape } from '../../../config/shape/check-shape.ts'
import { makeSourceMap } from '../../../config/source-map.ts'
import { parseYaml } from '../../../config/source/parse-yaml.ts'
import { buildTree } from '../../../config/source/tree.ts'
import { isRecord } from '../../../core/is-record.ts'
import { showPlace, type Problem } from '../../../core/problem.ts'
import { pages, type Block } from '../../support/pages.ts'

/** The parts of a file that pages show alone, by their keys, and where each stands in a file. */
const parts: readonly (readonly [readonly string[], (part: object) => object])[] = [
  [Object.keys(fileSchema.shape), (part) => part],
  [Object.keys(service.shape), (part) => ({ services: { web: part } })],
  [Object.keys(builtinAddons), (part) => ({ addons: part })],
  [['build', 'ref', 'name', 'tag'], (part) => ({ images: { web: part } })],
]

/** What is wrong with a block that shows a kindup.yaml, or a part of one: a section of the file, or keys of one service. Undefined: it is neither. */
const wrongIn = ({ page, line, text }: Block): readonly string[] | undefined => {
  const place = `${page}:${line}`
  const { usable, problems, placeAt } = parseYaml(text, place)
  if (/^\s*(?:#.*)?$/.test(text)) return []
  if (/^ +- component: /m.test(text)) return undefined
  if (!usable) return text.startsWith('- ') ? undefined : problems.map(({ message }) => `${place}: ${message}`)
  // Variables are those of the reader.
  const tree = buildTree(usable.document, usable.root, placeAt, new Proxy({}, { get: () => 'x' }))
  const keys = Object.keys(tree.root)
  const [wrap] = parts.flatMap(([names, within]) => (keys.every((key) => names.includes(key)) ? [within] : []))
  if (!wrap) return undefined
  const root: unknown = withoutNull({ name: 'docs', ...wrap(tree.root) })
  const profiles = mapsIn(root, 'profiles')
  const found = [root, ...profiles].flatMap((layer) => shapeOf(layer, tree.spots, place))
  return [...problems, ...tree.problems, ...found].map(({ message, at }) => `${at ? showPlace(at) : place}: ${message}`)
}

/** What takes a key away is another layer's. */
const withoutNull = (value: unknown): unknown =>
  isRecord(value)
    ? Object.fromEntries(Object.entries(value).flatMap(([key, one]) => (one === null ? [] : [[key, withoutNull(one)]])))
    : value

const mapsIn = (value: unknown, key: string): readonly unknown[] =>
  isRecord(value) && isRecord(value[key]) ? Object.values(value[key]) : []

const shapeOf = (layer: unknown, spots: Parameters<typeof makeSourceMap>[0], file: string): readonly Problem[] => {
  const given = isRecord(layer) ? layer : {}
  const services = Object.entries(isRecord(given['services']) ? given['services'] : {}).map(([name, one]) => [
    name,
    isRecord(one) ? { deploy: { manifests: ['./k8s'] }, ...one } : one,
  ])
  const whole = { name: 'docs', ...given, ...(services.length > 0 && { services: Object.fromEntries(services) }) }
  return checkShape(whole, makeSourceMap(spots, file), []).problems
}

const block = (text: string): Block => ({ page: 'a.md', language: 'yaml', text, line: 1 })

test.each([
  'services: { web: { imagee: {} } }',
  'cluster: { workers: -1 }',
  'expose: [{ service: web, port: 80, hots: x }]',
  'profiles: { ci: { clutser: {} } }',
  'a: [',
])('what is wrong with %s is found', (text) => expect(wrongIn(block(text))).toHaveLength(1))

test('every part of a kindup.yaml that a page shows is one that kindup takes', () => {
  const blocks = pages().flatMap((page) => page.blocks.filter(({ language }) => /^ya?ml$/.test(language)))
  const found = blocks.map((one) => ({ one, wrong: wrongIn(one) }))
  expect(found.flatMap(({ wrong = [] }) => wrong)).toEqual([])
  expect(found.filter(({ wrong }) => wrong !== undefined).length).toBeGreaterThan(20)
  // What is written for others, so that nothing of ours is missed by a wrong key.
  expect(found.filter(({ wrong }) => wrong === undefined).map(({ one }) => one.page)).toEqual([
    ...Array<string>(3).fill('docs/how-to/ci.md'),
    'docs/how-to/https.md',
    'docs/how-to/ingress.md',
    ...Array<string>(10).fill('docs/how-to/pipelines.md'),
  ])
})
