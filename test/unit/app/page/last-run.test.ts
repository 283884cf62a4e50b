import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { noteLastRun, readLastRun } from '../../../../app/page/last-run.ts'
import type { Timeline } from '../../../../app/page/page.ts'
import { ownFolder } from '../../../support/own-folder.ts'

const timeline: Timeline = {
  seconds: 12,
  ahead: 1.5,
  rows: [
    { id: 'cluster/api', result: 'created', started: 1.5, seconds: 9, isCritical: true },
    {
      id: 'service/web',
      result: 'failed',
      started: 10.5,
      seconds: 1.5,
      prepared: 3,
      waitedFor: 'cluster/api',
      isCritical: false,
    },
  ],
}

it('keeps the last run that changed a cluster, by its name', async () => {
  const folder = await ownFolder()
  const now = new Date(0)
  expect(await readLastRun(folder, 'shop')).toBeUndefined()
  await noteLastRun(folder, 'shop', timeline, now)
  const kept = { ...timeline, at: '1970-01-01T00:00:00.000Z' }
  expect(await readLastRun(folder, 'shop')).toEqual(kept)
  expect(await readLastRun(folder, 'other')).toBeUndefined()
  await noteLastRun(folder, 'shop', { seconds: 1, ahead: 1, rows: [] }, now)
  expect(await readLastRun(folder, 'shop')).toEqual(kept)
})

it('tells nothing by a file that is cut or from elsewhere', async () => {
  const folder = await ownFolder()
  await noteLastRun(folder, 'shop', timeline, new Date(0))
  const [file = ''] = await readdir(join(folder, 'times'))
  for (const text of ['{"seconds":1', '[]', '{"seconds":1,"ahead":0,"at":"x","rows":[{"id":1}]}']) {
    await mkdir(join(folder, 'times'), { recursive: true })
    await writeFile(join(folder, 'times', file), text)
    expect(await readLastRun(folder, 'shop')).toBeUndefined()
  }
})
