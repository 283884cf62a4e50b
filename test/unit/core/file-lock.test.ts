import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isStaleLock, lockHolder, takeFileLock, withFileLock } from '../../../core/file-lock.ts'
import { processIdentity } from '../../../core/process-identity.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-lock-'))
})
afterEach(() => rm(folder, { recursive: true }))

const file = () => join(folder, 'config')
const lock = () => `${file()}.lock`
/** A process id that is not in use: above what Linux and macOS give out. */
const deadPid = 2 ** 22 + 1
const lockOf = async (pid: number): Promise<string> =>
  JSON.stringify({ pid, host: hostname(), mark: await processIdentity(process.pid) })

test('the lock is there during the work and gone after it, after a failure too', async () => {
  expect(await withFileLock(file(), {}, async () => existsSync(lock()))).toBe(true)
  expect(existsSync(lock())).toBe(false)
  await expect(withFileLock(file(), {}, () => Promise.reject(new Error('broke')))).rejects.toThrow('broke')
  expect(existsSync(lock())).toBe(false)
})

test('work under one lock never overlaps', async () => {
  await writeFile(file(), '0')
  const increment = async () => {
    const before = Number(await readFile(file(), 'utf8'))
    await new Promise((resolve) => setImmediate(resolve))
    await writeFile(file(), String(before + 1))
  }
  await Promise.all(Array.from({ length: 20 }, () => withFileLock(file(), {}, increment)))
  expect(await readFile(file(), 'utf8')).toBe('20')
})

test('a lock of kubectl is waited for, and the wait ends with a sentence that names it', async () => {
  await writeFile(lock(), '')
  await expect(withFileLock(file(), { waitMs: 60 }, async () => 'never')).rejects.toMatchObject({
    code: 'locked',
    message: expect.stringContaining(lock()) as string,
  })
  expect(existsSync(lock())).toBe(true)
})

test('a lock that goes from one holder to the next is waited for as long as they take their turns', async () => {
  const [held, next] = [lock(), `${lock()}.next`]
  const began = performance.now()
  // In one step: nobody can take it in between.
  const passOn = () => {
    writeFileSync(next, `taken at ${performance.now()}`)
    renameSync(next, held)
  }
  passOn()
  const turns = setInterval(() => {
    if (performance.now() - began < 2_000) return passOn()
    clearInterval(turns)
    rmSync(held)
  }, 5)
  const waited = withFileLock(file(), { waitMs: 800 }, async () => performance.now() - began)
  expect(await waited.finally(() => clearInterval(turns))).toBeGreaterThan(1_999)
})

test('the wait goes on until the lock is gone', async () => {
  await writeFile(lock(), '')
  const done = withFileLock(file(), {}, async () => 'mine')
  await rm(lock())
  expect(await done).toBe('mine')
})

test('an old lock, whose maker nobody knows, is taken over', async () => {
  await writeFile(lock(), '', { mode: 0 })
  const longAgo = new Date(Date.now() - 11_000)
  await utimes(lock(), longAgo, longAgo)
  expect(await withFileLock(file(), { waitMs: 60 }, async () => 'mine')).toBe('mine')
})

test('a fresh lock of a kindup that is dead is taken over, one that lives is not', async () => {
  await writeFile(lock(), await lockOf(deadPid))
  expect(await withFileLock(file(), { waitMs: 60 }, async () => 'mine')).toBe('mine')
  await writeFile(lock(), await lockOf(process.pid))
  await expect(withFileLock(file(), { waitMs: 60 }, async () => 'never')).rejects.toMatchObject({ code: 'locked' })
})

test('a process that lives keeps its lock, however old it is, and is named', async () => {
  await withFileLock(file(), {}, async () => {
    const longAgo = new Date(Date.now() - 3_600_000)
    await utimes(lock(), longAgo, longAgo)
    await expect(withFileLock(file(), { waitMs: 60 }, async () => 'never')).rejects.toMatchObject({
      code: 'locked',
      hints: [expect.stringContaining(`kill ${process.pid}`), expect.stringContaining('rm ')],
    })
  })
})

test.skipIf(process.platform !== 'linux')('a lock of another process of the same number is taken over', async () => {
  await withFileLock(file(), {}, async () => {
    const text = await readFile(lock(), 'utf8')
    await writeFile(`${file()}2.lock`, text.replace(/"start":"\d+"/, '"start":"1"'))
  })
  expect(await withFileLock(`${file()}2`, { waitMs: 60 }, async () => 'mine')).toBe('mine')
})

test.skipIf(process.platform !== 'linux')(
  'a process in another container cannot be asked for: only age tells',
  async () => {
    const other = `${file()}2.lock`
    await withFileLock(file(), {}, async () => {
      const text = await readFile(lock(), 'utf8')
      await writeFile(other, text.replace(/"space":"[^"]*"/, '"space":"elsewhere"'))
    })
    await expect(withFileLock(`${file()}2`, { waitMs: 60 }, async () => 'never')).rejects.toMatchObject({
      code: 'locked',
    })
    const longAgo = new Date(Date.now() - 11_000)
    await utimes(other, longAgo, longAgo)
    expect(await withFileLock(`${file()}2`, { waitMs: 60 }, async () => 'mine')).toBe('mine')
  },
)

test('only one of many takes a stale lock over', async () => {
  await writeFile(lock(), await lockOf(deadPid))
  let inside = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++inside)
    await new Promise((resolve) => setImmediate(resolve))
    inside--
  }
  await Promise.all(Array.from({ length: 10 }, () => withFileLock(file(), {}, work)))
  expect(most).toBe(1)
})

test('a slow one that saw the same stale lock does not remove the new lock of the one that was faster', async () => {
  await writeFile(lock(), await lockOf(deadPid))
  // The faster one is at it: it holds the second lock.
  await writeFile(`${lock()}.takeover`, await lockOf(process.pid))
  expect(await takeFileLock(lock())).toBeUndefined()
  expect(await readFile(lock(), 'utf8')).toContain(String(deadPid))
  // It was killed in that moment: its own lock is taken over first.
  await writeFile(`${lock()}.takeover`, await lockOf(deadPid))
  expect(await withFileLock(file(), {}, async () => readdir(folder))).toEqual(['config.lock'])
  expect(await readdir(folder)).toEqual([])
})

test('a lock says who holds it and since when, until it is released', async () => {
  const held = await takeFileLock(lock(), 'kindup up')
  expect(await lockHolder(lock())).toEqual({
    pid: process.pid,
    host: hostname(),
    command: 'kindup up',
    startedAt: expect.stringMatching(/^\d{4}-.*Z$/),
  })
  expect(await takeFileLock(lock())).toBeUndefined()
  expect(await isStaleLock(lock())).toBe(false)
  await held?.release()
  expect([await lockHolder(lock()), await isStaleLock(lock())]).toEqual([undefined, false])
})

test('a holder on another machine is believed while it refreshes its lock', async () => {
  await writeFile(lock(), JSON.stringify({ pid: deadPid, host: 'elsewhere' }))
  expect(await lockHolder(lock())).toMatchObject({ host: 'elsewhere' })
  const longAgo = new Date(Date.now() - 11_000)
  await utimes(lock(), longAgo, longAgo)
  expect([await lockHolder(lock()), await isStaleLock(lock())]).toEqual([undefined, true])
})

test('a folder of that name is nobody’s lock to remove', async () => {
  await mkdir(lock())
  const longAgo = new Date(Date.now() - 3_600_000)
  await utimes(lock(), longAgo, longAgo)
  await expect(withFileLock(file(), { waitMs: 60 }, async () => 'never')).rejects.toMatchObject({ code: 'locked' })
  expect(existsSync(lock())).toBe(true)
})

test('a signal ends the wait', async () => {
  await writeFile(lock(), '')
  const stop = new AbortController()
  const waiting = withFileLock(file(), { signal: stop.signal }, async () => 'never')
  stop.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'stopped' })
})

test('a folder where no file can be made says so itself', async () => {
  await expect(withFileLock(join(folder, 'missing', 'config'), {}, async () => 'never')).rejects.toMatchObject({
    code: 'ENOENT',
  })
})
