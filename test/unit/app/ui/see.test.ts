import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { noteLastRun } from '../../../../app/page/last-run.ts'
import { noteTests } from '../../../../app/page/last-tests.ts'
import { see } from '../../../../app/ui/see.ts'
import { cacheFolder } from '../../../../core/paths.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kindup-see-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

it('has the timeline of the last run of that cluster here, and none where nothing is known of it', async () => {
  const env = { XDG_CACHE_HOME: folder }
  const app = { argv: ['ui'], env, signal: new AbortController().signal }
  const seen = async (name: string) =>
    (await see(app, { look: () => Promise.resolve({ name, statuses: new Map(), endpoints: [] }) })).page.timeline
  const rows = [{ id: 'cluster/api', result: 'created', started: 1, seconds: 2, isCritical: true }]
  const at = new Date('2026-11-27T08:00:00Z')
  await noteLastRun(cacheFolder(env), 'shop', { seconds: 3, ahead: 1, rows }, at)
  expect(await seen('shop')).toEqual({ seconds: 3, ahead: 1, rows, at: at.toISOString() })
  expect(await seen('other')).toBeUndefined()
})

it('has what the smoke tests of its steps found last, and why something is not well where that is known', async () => {
  const env = { XDG_CACHE_HOME: folder, DB_PASSWORD: 'hush-hush' }
  const app = { argv: ['ui'], env, signal: new AbortController().signal }
  const test = { step: 'service/web', name: 'GET /', url: 'http://web.localhost/', ok: true, ms: 3 }
  await noteTests(cacheFolder(env), 'shop', [test, { ...test, step: 'service/gone' }])
  const look = () =>
    Promise.resolve({
      name: 'shop',
      statuses: new Map([['service/web', { state: 'broken', why: '0/1 ready' }]] as const),
      endpoints: [],
    })
  const causes = [{ message: 'web logs in with hush-hush', problems: [], hints: [], evidence: [] }]
  const asked: boolean[] = []
  const why = (isWell: boolean) => {
    asked.push(isWell)
    return { causes, logs: [] }
  }
  const { page } = await see(app, { look }, { why })
  expect(page.smoke).toEqual([test])
  expect(asked).toEqual([false])
  expect(page.causes[0]?.message).toBe('web logs in with ***')
})
