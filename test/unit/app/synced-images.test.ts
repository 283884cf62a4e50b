import { expect, it } from 'vitest'
import { makeSyncedImages, type SyncedImages } from '../../../app/synced-images.ts'
import type { ResolvedImage } from '../../../cluster/images/images.ts'
import type { Config } from '../../../config/config.ts'

const sync = { rules: [{ from: 'src', to: '/app' }], restart: false }
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else is read of it
const config = { services: [{ name: 'web', sync }, { name: 'db' }] } as unknown as Config

type Files = Readonly<Record<string, string>>

/** The image as files make it; a build is named by what is in it. */
const imageOf = (files: Files, key = 'web') =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing else is read of it
  ({
    key,
    ref: `${key}:${JSON.stringify(files)}`,
    inputs: JSON.stringify(files),
    build: { context: '/x' },
  }) as unknown as ResolvedImage

const reading = async (images: SyncedImages, files: Files, rest = 'rest', key = 'web') => {
  const { hold, read } = images.reading(config)
  const contents = { files: new Map(Object.entries(files)), dockerfile: '', args: {}, rest }
  const image = await hold(imageOf(files, key), contents)
  return { image, read, held: read.held.get(key), inputs: image.inputs }
}

const built = { 'src/a.py': '1', 'package.json': '1' }

const watched = async () => {
  const images = makeSyncedImages()
  images.deployed((await reading(images, built)).read)
  return images
}

it('holds an image back while all that changed has a place in its containers', async () => {
  const images = await watched()
  expect((await reading(images, built)).held).toBeUndefined()
  const { image, held } = await reading(images, { ...built, 'src/a.py': '2', 'src/b.py': '1' })
  expect(image).toEqual(imageOf(built))
  expect(held?.changed.toSorted()).toEqual(['src/a.py', 'src/b.py'])
})

it.each([
  ['something else changed', { ...built, 'src/a.py': '2', 'package.json': '2' }, 'rest', 'web'],
  ['the Dockerfile changed', { ...built, 'src/a.py': '2' }, 'another', 'web'],
  ['its service does not sync', { ...built, 'src/a.py': '2' }, 'rest', 'db'],
])('has it built where %s', async (_why, files, rest, key) => {
  expect((await reading(await watched(), files, rest, key)).image).toEqual(imageOf(files, key))
})

it('has it built before anything of it was deployed, and again once what runs is not known', async () => {
  const changed = { ...built, 'src/a.py': '2' }
  expect((await reading(makeSyncedImages(), changed)).held).toBeUndefined()
  const images = await watched()
  images.forget(['web'])
  expect((await reading(images, changed)).held).toBeUndefined()
})

it('sends what is taken back, and gives new containers all that is not as it was built', async () => {
  const images = await watched()
  const first = await reading(images, { ...built, 'src/a.py': '2', 'src/b.py': '1' })
  images.begin(first.held!)
  images.done(first.held!)
  expect((await reading(images, { ...built, 'src/a.py': '2', 'src/b.py': '1' })).held?.changed).toEqual([])
  const back = await reading(images, built)
  expect(back.image).toEqual(imageOf(built))
  expect(back.held?.changed.toSorted()).toEqual(['src/a.py', 'src/b.py'])
  expect(images.begin(back.held!)).toMatchObject({ touched: ['src/a.py', 'src/b.py'] })
})

it('sends again what a sync began with and did not end', async () => {
  const images = await watched()
  images.begin((await reading(images, { ...built, 'src/a.py': '2' })).held!)
  expect((await reading(images, built)).held?.changed).toEqual(['src/a.py'])
})

it('begins again with what is built next', async () => {
  const images = await watched()
  const files = { ...built, 'src/a.py': '2' }
  images.begin((await reading(images, files)).held!)
  const next = { ...files, 'package.json': '2' }
  images.deployed((await reading(images, next)).read)
  expect((await reading(images, next)).held).toBeUndefined()
  expect((await reading(images, { ...next, 'src/a.py': '3' })).image).toEqual(imageOf(next))
})
