import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { noteTests, readTests } from '../../../../app/page/last-tests.ts'
import { ownFolder } from '../../../support/own-folder.ts'

const passed = { step: 'service/web', name: 'GET /', url: 'http://web.localhost/', ok: true, status: 200, ms: 3 }
const failed = {
  step: 'service/db',
  name: 'tcp 5432',
  url: 'tcp://127.0.0.1:5432',
  ok: false,
  ms: 9,
  message: 'refused',
}

it('keeps what was found last of each step, without the body of an answer', async () => {
  const folder = await ownFolder()
  expect(await readTests(folder, 'shop')).toEqual([])
  await noteTests(folder, 'shop', [{ ...passed, body: 'hush-hush' }, failed])
  expect(await readTests(folder, 'shop')).toEqual([passed, failed])
  const [file = ''] = await readdir(join(folder, 'times'))
  expect(await readFile(join(folder, 'times', file), 'utf8')).not.toContain('hush-hush')
  await noteTests(folder, 'shop', [{ ...failed, ok: true }])
  await noteTests(folder, 'shop', [])
  expect(await readTests(folder, 'shop')).toEqual([passed, { ...failed, ok: true }])
  expect(await readTests(folder, 'other')).toEqual([])
})

it('tells nothing by a file that is cut or from elsewhere', async () => {
  const folder = await ownFolder()
  await noteTests(folder, 'shop', [passed])
  const [file = ''] = await readdir(join(folder, 'times'))
  for (const text of ['[{"step":', '{}', '[{"step":1}, null]']) {
    await writeFile(join(folder, 'times', file), text)
    expect(await readTests(folder, 'shop')).toEqual([])
  }
})
