import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bounds, diagnosesOf, newFolder, openFolder, sweepDiagnoses } from '../../../../cluster/diagnose/folder.ts'

let at = ''
beforeEach(async () => {
  at = await mkdtemp(join(tmpdir(), 'kindup-diagnoses-'))
})
afterEach(() => rm(at, { recursive: true }))

test('a file is cut at its end, which says so, and the whole has its bound', async () => {
  const folder = await openFolder(join(at, 'seen'), [])
  for (let index = 0; index < 22; index += 1) await folder.write(`logs/${index}.log`, 'ä'.repeat(bounds.file))
  const text = await readFile(join(at, 'seen', 'logs', '0.log'), 'utf8')
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(bounds.file)
  expect(text).toMatch(/^ä+\n\[cut here: 1000101 more bytes are left out\]\n$/)
  expect(folder.files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(bounds.whole + 22 * 100)
  expect(await readFile(join(at, 'seen', 'logs', '21.log'), 'utf8')).toMatch(/^\n\[cut here/)
})

test('nobody else may read it, and nothing in it is secret', async () => {
  const folder = await openFolder(join(at, 'seen'), ['hunter22'])
  await folder.write(
    'a.txt',
    [
      'hunter22',
      'https://me:letmein@host.test/x',
      'Authorization: Bearer abcdefghijklmnop',
      'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2lnbmVk',
      '-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----',
      'db_password: s3cr3t!x',
      'ghp_abcdefghijklmnopqrstuvwxyz0123',
      'nothing secret: a token of thanks',
    ].join('\n'),
  )
  expect(await readFile(join(at, 'seen', 'a.txt'), 'utf8')).toBe(
    [
      '***',
      'https://***@host.test/x',
      'Authorization: Bearer ***',
      '***',
      '*** (a private key)',
      'db_password: ***',
      '***',
      'nothing secret: a token of thanks',
      '',
    ].join('\n'),
  )
  expect((await stat(join(at, 'seen'))).mode & 0o077).toBe(0)
  expect((await stat(join(at, 'seen', 'a.txt'))).mode & 0o077).toBe(0)
})

test('the last ten are kept, whichever cluster they are of, and those of a cluster are told from others', async () => {
  const of = (name: string, minute: number) => newFolder(at, name, new Date(Date.UTC(2026, 10, 26, 12, minute)))
  for (let minute = 0; minute < 12; minute += 1) await of(minute % 2 === 0 ? 'shop' : 'shop-2', minute)
  await sweepDiagnoses(at)
  expect(await readdir(join(at, 'diagnoses'))).toHaveLength(10)
  expect((await diagnosesOf(at, 'shop')).map((folder) => folder.slice(-19))).toEqual(
    ['02', '04', '06', '08', '10'].map((minute) => `2026-11-26T12-${minute}-00`),
  )
})

test('two looks in one second have a folder each', async () => {
  const now = new Date(Date.UTC(2026, 10, 26, 12, 0))
  const made = [await newFolder(at, 'shop', now), await newFolder(at, 'shop', now)]
  expect(made.map((path) => path.slice(-19))).toEqual(['2026-11-26T12-00-00', '2026-11-26T12-00-01'])
})
