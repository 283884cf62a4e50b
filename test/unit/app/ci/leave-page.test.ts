import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { leavingPage } from '../../../../app/ci/leave-page.ts'
import type { App } from '../../../../app/app.ts'
import type { Terminal } from '../../../../core/print/terminal.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kindup-page-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const leaving = (flags: { readonly report?: string; readonly reportPasswords?: boolean }) => ({
  app: { cwd: folder, env: {}, argv: ['up'], signal: AbortSignal.abort() } as unknown as App,
  flags,
  terminal: {} as Terminal,
})

it('keeps the page of the run that did the work, where this one saw nothing of it', async () => {
  const file = join(folder, 'report.html')
  await leavingPage(leaving({ report: file }), () => Promise.resolve(writeFileSync(file, 'its own')))
  expect(readFileSync(file, 'utf8')).toBe('its own')
})

it('leaves one of what was seen', async () => {
  const file = join(folder, 'report.html')
  await leavingPage(leaving({ report: file }), (seen) => {
    Object.assign(seen, { name: 'shop', smoke: [] })
    return Promise.resolve()
  })
  expect(readFileSync(file, 'utf8')).toContain('has no smoke tests')
})

it('refuses passwords for a page that nobody wants', async () => {
  await expect(leavingPage(leaving({ reportPasswords: true }), () => Promise.resolve())).rejects.toMatchObject({
    code: 'flags',
  })
})
