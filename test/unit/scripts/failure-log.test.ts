import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { writeFailureLog } from '../../../scripts/failure-log.ts'
import { tree } from '../../support/tree.ts'

it('keeps each failure in a file of its own, for this user alone and without what flags were given', () => {
  using at = tree({})
  const options = { folder: join(at.folder, 'logs'), now: new Date('2026-01-02T03:04:05Z') }
  const path = writeFailureLog(['kind create → 1'], ['up', '--set', 'secrets.db=hunter22'], options)
  expect(readFileSync(path, 'utf8')).toBe("# kindup up --set 'secrets.db=…'\nkind create → 1\n")
  expect(path).toMatch(/2026-01-02T03-04-05-up-\d+\.log$/)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const second = writeFailureLog(['x'], ['down'], options)
  expect(readdirSync(options.folder)).toHaveLength(2)
  expect(second).not.toBe(path)
})

it('keeps the youngest twenty, and leaves what is not its own', () => {
  using at = tree({ 'mine.log': '' })
  for (let day = 10; day < 40; day++) writeFileSync(join(at.folder, `2025-01-${day}T00-00-00-up-1.log`), '')
  writeFailureLog([], ['up'], { folder: at.folder })
  const left = readdirSync(at.folder)
  expect(left).toHaveLength(21)
  expect(left).toContain('mine.log')
  expect(left).not.toContain('2025-01-20T00-00-00-up-1.log')
})

it('says where it could not write', () => {
  using at = tree({ file: '' })
  expect(writeFailureLog([], ['up'], { folder: join(at.folder, 'file', 'logs') })).toContain('could not be written')
})
