import { describe, expect, test } from 'vitest'
import { codePlaces, syntaxError } from '../../../../config/code/places.ts'
import type { Path } from '../../../../config/path.ts'

const source = `import { defineConfig } from 'kindup/config'
const web = { deploy: { manifests: ['./a.yaml', './b.yaml'] } }
export const more = { 'metrics-server': true }
export default defineConfig(async () => {
  const name = 'x'
  return {
    name,
    ...more,
    services: { web, ['computed']: 1, api: make() },
    list: [1, ...more, 2],
  }
})
`
const at = (path: Path) => {
  const { line, column, path: shown } = codePlaces(source, 'a.ts')(path)
  return [line, column, shown]
}

describe('where a value of a program is written', () => {
  test.each<[Path, unknown]>([
    [['name'], [7, 5, undefined]],
    [['metrics-server'], [3, 23, undefined]],
    [
      ['services', 'web'],
      [9, 17, undefined],
    ],
    [
      ['services', 'web', 'deploy', 'manifests', 1],
      [2, 49, undefined],
    ],
    [
      ['services', 'api', 'deploy'],
      [9, 39, 'services.api.deploy'],
    ],
    [
      ['services', 'computed'],
      [9, 5, 'services.computed'],
    ],
    [
      ['list', 2],
      [10, 5, 'list[2]'],
    ],
    [['nowhere'], [1, 1, 'nowhere']],
    [[], [1, 1, undefined]],
  ])('%j', (path, place) => expect(at(path)).toEqual(place))

  test.each([
    ['export default { name: "a" }', 1, 18],
    ['function make() { return { name: "a" } }\nexport default make', 1, 1],
    ['export default () => ({ name: "a" })', 1, 25],
    ['export default async function () { return { name: "a" } }', 1, 45],
    ['const a = b\nconst b = a\nexport default a', 1, 1],
    ['export default {', 1, 1],
  ])('%s', (text, line, column) => expect(codePlaces(text, 'a.js')(['name'])).toMatchObject({ line, column }))
})

test('where it stops being a program', () => {
  expect(syntaxError('export default {\n  a: 1\n  b: 2\n}')).toMatchObject({ line: 3, column: 3 })
  expect(syntaxError('export default {}')).toBeUndefined()
})
