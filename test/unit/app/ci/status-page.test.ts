import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { lookAndReport } from '../../../../app/ci/status-page.ts'
import type { App, WalkFlags } from '../../../../app/app.ts'
import type { Terminal } from '../../../../core/print/terminal.ts'
import { ownFolder } from '../../../support/own-folder.ts'

const leave = async (flags: Partial<WalkFlags>): Promise<string> => {
  const folder = await ownFolder()
  const app = {
    cwd: folder,
    env: { XDG_CACHE_HOME: folder },
    argv: ['status', '--report', 'status.html'],
    signal: new AbortController().signal,
  } as unknown as App
  const board = await lookAndReport(app, { ...flags, report: 'status.html' } as WalkFlags, {} as Terminal, {
    look: () =>
      Promise.resolve({
        name: 'shop',
        statuses: new Map([['service/web', { state: 'broken', why: '0/1 ready' }]] as const),
        endpoints: [{ name: 'web', url: 'http://web.localhost', answers: false, said: '503' }],
        credentials: [{ name: 'db', username: 'app', password: 'hush-hush' }],
      }),
  })
  expect(board.name).toBe('shop')
  return readFile(join(folder, 'status.html'), 'utf8')
}

it('leaves one page of how everything stands, which asks for nothing outside and holds no password', async () => {
  const page = await leave({})
  expect(page).toContain('0 of 1 steps ready, 0 of 1 endpoints answer')
  expect(page).toContain('http://web.localhost')
  expect(page).not.toContain('hush-hush')
  expect(page).not.toMatch(/<script|<link(?! rel="icon" href="data:,")|src=|@import/)
})

it('has the passwords of logins where somebody wants them', async () => {
  const page = await leave({ reportPasswords: true })
  expect(page.match(/hush-hush/g)).toHaveLength(1)
})
