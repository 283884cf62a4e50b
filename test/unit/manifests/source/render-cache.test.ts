import { readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Render } from '../../../../manifests/yaml/outlined.ts'
import { cachedRender } from '../../../../manifests/source/render-cache.ts'
import { tree } from '../../../support/tree.ts'

const made: Render = {
  documents: [
    {
      object: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { password: 'hunter22' } },
      at: { file: 'db.yaml', line: 1 },
    },
  ],
  problems: [],
}

it('keeps a render for the same inputs, and for this user alone', async () => {
  using cache = tree({})
  const rendered: string[] = []
  const render = (inputs: string) =>
    cachedRender({ values: inputs }, cache.folder, () => {
      rendered.push(inputs)
      return Promise.resolve(made)
    })
  expect(await render('a')).toEqual(made)
  expect(await render('a')).toEqual(made)
  await render('b')
  expect(rendered).toEqual(['a', 'b'])

  const folder = join(cache.folder, 'renders')
  const files = (await readdir(folder)).map((name) => join(folder, name))
  expect(files).toHaveLength(2)
  for (const file of files) expect((await stat(file)).mode & 0o777).toBe(0o600)

  // One that a crash left empty, or that somebody changed, is none.
  await Promise.all(files.map((file, index) => writeFile(file, index === 0 ? '' : Buffer.alloc(200))))
  expect([await render('a'), await render('b')]).toEqual([made, made])
  expect(rendered).toEqual(['a', 'b', 'a', 'b'])
})

it('does not grow without end: what was read longest ago goes', async () => {
  using cache = tree({})
  const folder = join(cache.folder, 'renders')
  const render = (inputs: string) => cachedRender(inputs, cache.folder, () => Promise.resolve(made))
  await render('first')
  const [first = ''] = await readdir(folder)
  const longAgo = new Date(Date.now() - 3_600_000)
  await utimes(join(folder, first), longAgo, longAgo)
  for (let index = 0; index < 500; index++) {
    const file = join(folder, `old-${index}`)
    await writeFile(file, '')
    await utimes(file, longAgo, longAgo)
  }
  // Read again, it is one of the youngest.
  await render('first')
  await render('second')
  const left = await readdir(folder)
  expect(left).toHaveLength(300)
  expect(left).toContain(first)
})
