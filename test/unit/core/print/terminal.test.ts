import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { terminalOf } from '../../../../core/print/terminal.ts'

describe('masks for the runner of a job', () => {
  let folder: string
  let open: number[]
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kindup-terminal-'))
    open = []
  })
  afterEach(() => {
    open.forEach(closeSync)
    rmSync(folder, { recursive: true })
  })

  /** A standard error of that descriptor, with what was written. */
  const streams = (path: string) => {
    const fd = openSync(path, 'w')
    open.push(fd)
    const written: string[] = []
    const write = (text: string) => {
      written.push(text)
      writeSync(fd, text)
      return true
    }
    const stderr = { fd, write } as unknown as NodeJS.WriteStream & { fd: number }
    return { written, streams: { stdin: {}, stdout: process.stdout, stderr } }
  }
  const github = { GITHUB_ACTIONS: 'true', CI: 'true' }

  it('are told once for each line of a value, whatever is in it, also where prose is silenced', () => {
    const { written, streams: of } = streams('/dev/null')
    const { mask, err } = terminalOf(of, github, { quiet: true })
    for (const text of ['open-sesame', '100%0Asure', 'first line\r\n\nsecond line\n', 'open-sesame', '', 'first line'])
      mask?.(text)
    err('prose')
    expect(written).toEqual([
      '::add-mask::open-sesame\n',
      '::add-mask::100%250Asure\n',
      '::add-mask::first line\n',
      '::add-mask::second line\n',
    ])
  })

  it('go into no file, where they would stay, and nowhere without such a runner', () => {
    const file = join(folder, 'stderr')
    const { streams: of } = streams(file)
    terminalOf(of, github).mask?.('open-sesame')
    expect(readFileSync(file, 'utf8')).toBe('')
    const elsewhere = streams('/dev/null')
    terminalOf(elsewhere.streams, { CI: 'true' }).mask?.('open-sesame')
    expect(elsewhere.written).toEqual([])
  })
})
