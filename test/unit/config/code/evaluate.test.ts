import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { evaluate } from '../../../../config/code/evaluate.ts'
import { ConfigError } from '../../../../core/errors.ts'
import { ownFolder } from '../../../support/own-folder.ts'

const write = async (files: Readonly<Record<string, string>>): Promise<string> => {
  const folder = await ownFolder()
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}
const env = { PATH: process.env['PATH'], COLOUR: 'blue', API_TOKEN: 'never-to-be-shown' }

test('takes what a program exports, with its own modules, and nothing that it prints', async () => {
  const folder = await write({
    'kindup.config.ts': `import { defineConfig } from 'kindup/config'
import { more, type Never } from './lib/more.ts'
console.log('not a result')
setInterval(() => undefined, 1000)
export default defineConfig(async () => ({ name: process.env.COLOUR!, ...more, tls: undefined }))
`,
    'lib/more.ts': `import { workers } from './define-config.mjs'
export type Never = never
export const more = { cluster: { workers: workers as number } }
`,
    'lib/define-config.mjs': 'export const workers = 2\n',
  })
  const found = await evaluate(join(folder, 'kindup.config.ts'), { env })
  expect(found.value).toEqual({ name: 'blue', cluster: { workers: 2 } })
  expect(found.files).toEqual(
    ['kindup.config.ts', 'lib/more.ts', 'lib/define-config.mjs'].map((name) => join(folder, name)),
  )
  expect(found.placeOf(['name'])).toMatchObject({ line: 5, column: 44 })
})

test('programs that it starts print what is no result, and it runs in its own folder', async () => {
  const folder = await write({
    'version.txt': '1.2.3',
    'a.ts': `import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
const print = (text: string) => execFileSync(process.execPath, ['-e', \`console.log('\${text}')\`], { stdio: 'inherit' })
print('before')
process.on('exit', () => print('after'))
export default { name: readFileSync('version.txt', 'utf8') }
`,
  })
  const found = await evaluate(join(folder, 'a.ts'), { env })
  expect(found.value).toEqual({ name: '1.2.3' })
})

test.each<[string, string, string, string, (string | undefined)?]>([
  [
    'throws',
    'a.ts',
    'const f = (): never => {\n  throw new TypeError("no " + process.env.API_TOKEN)\n}\nexport default f()',
    '2:9 It throws TypeError: no ***.',
  ],
  [
    'has wrong types of syntax',
    'a.ts',
    'const a: number = 1\nexport default {\n  name: "x"\n  cluster: 2\n}',
    "4:3 It cannot be read: Expected ',', got 'ident'.",
  ],
  [
    'has wrong syntax',
    'a.mjs',
    'export default {\n  name: "x"\n  cluster: 2\n}',
    '3:3 It cannot be read: Unexpected token.',
  ],
  [
    'wants a compiler',
    'a.ts',
    'export default { name: "x" }\nenum A { B }',
    '2:1 It cannot be read: TypeScript enum is not supported in strip-only mode.',
    'plain JavaScript',
  ],
  [
    'lacks a package',
    'a.ts',
    '\nimport { b } from "nowhere"\nexport default { name: b }',
    '2:1 There is no package nowhere in its folder or above it.',
    'Install it',
  ],
  ['exports nothing', 'a.ts', 'export const name = "x"', '1:1 It has no default export.', 'export default'],
  [
    'exports a text',
    'a.ts',
    'export default "x"',
    '1:1 Its default export is a string, and must be a map of keys.',
    'export default',
  ],
  [
    'holds what is no data',
    'a.ts',
    'export default { name: "x", services: { web: {\n  deploy: () => 1 } } }',
    '2:3 services.web.deploy is a function; a configuration holds texts, numbers, booleans, lists and maps.',
  ],
  [
    'ends Node',
    'a.ts',
    'console.error("bye")\nprocess.exit(3)',
    '1:1 It ended Node before it exported anything; the last that it printed was: bye.',
  ],
  [
    'leaves a promise alone that fails',
    'a.ts',
    'const later = async (): Promise<void> => {\n  throw new Error("no " + process.env.API_TOKEN)\n}\nvoid later()\nawait new Promise((done) => setTimeout(done, 1))\nexport default {}',
    '2:9 It throws an error: no ***.',
  ],
  [
    'throws in a getter',
    'a.ts',
    'export default {\n  get name() {\n    throw new Error("no name")\n  },\n}',
    '3:11 It throws an error: no name.',
  ],
  ['throws nothing', 'a.ts', 'throw Object.create(null)', '1:1 It throws an error: [Object: null prototype] {}.'],
  [
    'reads what is no JSON',
    'a.ts',
    'const text = "{"\nexport default JSON.parse(text)',
    '2:21 It throws SyntaxError: Expected property name',
  ],
  [
    'waits for ever',
    'a.ts',
    'await new Promise(() => undefined)\nexport default {}',
    '1:1 It waits for a promise that nothing ever settles.',
  ],
  ['ends Node with 13', 'a.ts', 'process.exit(13)', '1:1 It ended Node before it exported anything.'],
  ['ends Node well', 'a.ts', 'process.exit(0)', '1:1 It ended Node before it exported anything.'],
])('a program that %s is told in one sentence', async (_what, name, text, wanted, hint = '') => {
  const file = join(await write({ [name]: text }), name)
  const error = await evaluate(file, { env }).catch((thrown: unknown) => thrown)
  if (!(error instanceof ConfigError)) throw error
  expect(error.problems).toHaveLength(1)
  const [{ message, at, hint: shown = '' } = { message: '' }] = error.problems
  expect(at?.file).toBe(file)
  expect(`${at?.line}:${at?.column} ${message}`).toContain(wanted)
  expect(shown).toContain(hint)
})

test('a program that never ends is ended', async () => {
  const file = join(await write({ 'a.ts': 'for (;;);' }), 'a.ts')
  const error = await evaluate(file, { env, timeoutMs: 200 }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ConfigError)
  expect((error as ConfigError).problems[0]?.message).toBe('It has not ended after 0.2 s.')
})
