import * as fc from 'fast-check'
import { join } from 'node:path'
import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { loadConfig } from '../../../../config/load.ts'
import { scanFolder } from '../../../../scripts/init/scan.ts'
import { propose } from '../../../../scripts/init/propose.ts'
import { writeDraft } from '../../../../scripts/init/write-draft.ts'
import { tree } from '../../../support/tree.ts'

const manifest = (image: string): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: { containers: [{ name: web, image: ${JSON.stringify(image)} }] } } }\n`

/** Names that a folder can have on any system that these tests run on, hostile ones before all. */
const folderName = fc.oneof(
  fc.constantFrom(
    '$HOME',
    '${X}',
    '$$',
    'a: b',
    '# no',
    'null',
    'true',
    '123',
    '1e3',
    "it's",
    '"q"',
    '- a',
    '&a',
    '*a',
    '!t',
    '{name}',
    'a, b',
    '%',
    '~',
    '日本',
  ),
  fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !/[/\0]/.test(text) && !text.startsWith('.')),
)

it('is a file that kindup takes, with the paths that were meant, whatever folders are called', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(folderName, { minLength: 1, maxLength: 3 }), fc.string(), async (names, image) => {
      using at = tree({})
      for (const name of names) {
        mkdirSync(join(at.folder, name, 'k8s'), { recursive: true })
        writeFileSync(join(at.folder, name, 'Dockerfile'), 'FROM scratch\n')
        writeFileSync(join(at.folder, name, 'k8s', 'web.yaml'), manifest(image))
      }
      const draft = propose(scanFolder(at.folder, 'shop'), 'shop')
      const file = join(at.folder, 'kindup.yaml')
      // What nothing runs is a comment until a person wants it.
      const images = draft.images.map((one) => ({ ...one, unused: false }))
      writeFileSync(file, writeDraft({ ...draft, images }, './schema.json'))
      const { config } = await loadConfig({ file, cwd: '/', env: {} })
      const readable = names.filter((name) => !/[{}\n\r\t]/.test(name))
      expect(
        config.services.flatMap(({ deploy }) => (deploy.kind === 'manifests' ? deploy.paths : [])).toSorted(),
      ).toEqual(readable.map((name) => `./${name}/k8s`).toSorted())
      // Several may run one of them: the image may be called as a folder is.
      expect([...new Set(config.images.map(({ build }) => build?.context ?? ''))].toSorted()).toEqual(
        readable.map((name) => join(at.folder, name)).toSorted(),
      )
    }),
    { numRuns: 60 },
  )
})

it.each([
  ['alone', { 'other/Dockerfile': 'FROM scratch\n' }],
  [
    'beside images that two services run',
    { 'other/Dockerfile': 'FROM scratch\n', 'common/Dockerfile': 'FROM scratch\n' },
  ],
])('builds no image that nothing runs, %s, until its lines are uncommented', async (_where, more) => {
  const runs = (name: string): string => manifest('common').replaceAll('name: web', `name: ${name}`)
  using at = tree({ ...more, 'k8s/a/web.yaml': runs('a'), 'k8s/b/web.yaml': runs('b') })
  const draft = propose(scanFolder(at.folder, 'shop'), 'shop')
  const text = writeDraft(draft, './schema.json')
  const imagesIn = async (content: string): Promise<readonly string[]> => {
    writeFileSync(join(at.folder, 'kindup.yaml'), content)
    const { config } = await loadConfig({ cwd: at.folder, env: {} })
    return [...new Set(config.images.map(({ name }) => name))].toSorted()
  }
  const common = 'common/Dockerfile' in more ? ['common'] : []
  expect(await imagesIn(text)).toEqual(common)
  const uncommented = text.replace('# images:', 'images:').replace(/^( *)# (?=(?: *)(?:other|build):)/gm, '$1')
  expect(await imagesIn(uncommented)).toEqual([...common, 'other'])
})
