import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, readdir, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { takeRunLock } from '../../../cluster/run-lock.ts'
import { ownFolder } from '../../support/own-folder.ts'

let path = ''
beforeEach(async () => {
  path = join(await ownFolder(), 'clusters', 'demo.lock')
})

describe('takeRunLock', () => {
  it('keeps a second run away, saying who and since when, until it is released', async () => {
    const first = await takeRunLock(path, 'kindup up')
    await expect(takeRunLock(path, 'kindup down')).rejects.toMatchObject({
      code: 'busy',
      message: expect.stringMatching(
        new RegExp(`^kindup up \\(process ${process.pid}\\) .* since \\d\\d:\\d\\d:\\d\\d`),
      ),
    })
    await first.release()
    expect(existsSync(path)).toBe(false)
    await (await takeRunLock(path, 'kindup down')).release()
  })

  it('says which folder it cannot work in, and why', async () => {
    await writeFile(dirname(path), '')
    await expect(takeRunLock(path, 'kindup up')).rejects.toMatchObject({
      code: 'cache-unwritable',
      message: `kindup cannot work in its folder ${dirname(path)}: there is a file in its place.`,
      hints: [expect.stringContaining('KINDUP_CACHE=')],
    })
  })

  it('takes over from a process that is dead', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    const { pid } = child
    await once(child, 'exit')
    const { release } = await takeRunLock(path, 'kindup up')
    const text = await readFile(path, 'utf8')
    await release()
    await writeFile(path, text.replace(`"pid":${process.pid}`, `"pid":${pid}`))
    await (await takeRunLock(path, 'kindup up')).release()
    expect(await readdir(dirname(path))).toEqual([])
  })

  it.skipIf(process.platform !== 'linux')('takes over from another process that got the same number', async () => {
    const { release } = await takeRunLock(path, 'kindup up')
    const text = await readFile(path, 'utf8')
    await release()
    await writeFile(path, text.replace(/"start":"\d+"/, '"start":"1"'))
    await expect(takeRunLock(path, 'kindup up')).resolves.toBeDefined()
  })

  it.each(['', 'nonsense', '{"pid":"x"}'])(
    'takes over a lock that says nothing, once it is none that is being made: «%s»',
    async (text) => {
      await (await takeRunLock(path, 'kindup up')).release()
      await writeFile(path, text)
      await expect(takeRunLock(path, 'kindup up')).rejects.toMatchObject({ code: 'busy' })
      const longAgo = new Date(Date.now() - 11_000)
      await utimes(path, longAgo, longAgo)
      await (await takeRunLock(path, 'kindup up')).release()
      expect(await readdir(dirname(path))).toEqual([])
    },
  )

  it('is not taken from a run on another machine that shares the folder', async () => {
    const { release } = await takeRunLock(path, 'kindup up')
    const text = await readFile(path, 'utf8')
    await release()
    await writeFile(path, text.replace(/"host":"[^"]*"/, '"host":"elsewhere"'))
    await expect(takeRunLock(path, 'kindup up')).rejects.toMatchObject({
      code: 'busy',
      message: expect.stringMatching(/^kindup up \(process \d+ on elsewhere\) has worked/),
      hints: ['Wait until it is done, and try again.'],
    })
  })

  it('goes to exactly one of several at the same time', async () => {
    const taken = await Promise.allSettled(Array.from({ length: 8 }, () => takeRunLock(path, 'kindup up')))
    expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('leaves alone a lock that is another run’s by now', async () => {
    const { release } = await takeRunLock(path, 'kindup up')
    await writeFile(path, 'of another')
    await release()
    expect(await readFile(path, 'utf8')).toBe('of another')
  })
})
