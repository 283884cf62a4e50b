import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { terminalOf } from '../../../../core/print/terminal.ts'

describe('words for the runner of a job', () => {
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

  it('mask each line of a value once, whatever is in it, also where prose is silenced', () => {
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

  it('come with the places of problems, from the folder of the checkout', () => {
    const { written, streams: of } = streams('/dev/null')
    terminalOf(of, { ...github, GITHUB_WORKSPACE: '/work' }).annotate?.([
      {
        severity: 'error',
        message: '100% wrong',
        at: { file: '/work/a,b/c.yaml', line: 3, column: 5 },
        hint: 'Fix it.',
      },
      { severity: 'warning', message: 'two\nlines' },
    ])
    expect(written).toEqual([
      '::error file=a%2Cb/c.yaml,line=3,col=5,title=kindup::100%25 wrong%0AFix it.\n',
      '::warning title=kindup::two%0Alines\n',
    ])
    expect(terminalOf(of, { CI: 'true' }).annotate).toBeUndefined()
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
