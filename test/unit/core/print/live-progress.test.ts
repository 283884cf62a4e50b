import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { expect, it } from 'vitest'
import { atTerminal, canMakeTerminal } from '../../../support/at-terminal.ts'
import { root } from '../../../support/real-cluster.ts'

const reason =
  'Deployment web is not ready: the container web was killed, it used more memory than its limit of 64 MiB (OOMKilled)'

const program = (title: string, end: string): string => `
import { liveProgress } from '${pathToFileURL(join(root, 'core/print/live-progress.ts')).href}'
import { terminalOf } from '${pathToFileURL(join(root, 'core/print/terminal.ts')).href}'
process.stdout.columns = process.stderr.columns = 60
process.stderr.rows = 24
const running = Promise.withResolvers()
const write = process.stderr.write.bind(process.stderr)
process.stderr.write = (chunk, ...more) => {
  if (String(chunk).includes(' 0 s of ~')) running.resolve()
  return write(chunk, ...more)
}
const step = { id: 'service/web', title: '${title}' }
const { listener, shown } = await liveProgress([{ step, action: 'create' }], terminalOf(process, process.env), { usual: () => 18.4 })
listener.started(step.id)
await running.promise
listener.ended(step.id, ${end})
await shown
`

/** What was shown on a terminal of 60 columns. */
const linesOf = async (title: string, end: string): Promise<readonly string[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-'))
  try {
    await writeFile(join(folder, 'rows.mjs'), program(title, end))
    const { screen } = await atTerminal(`'${process.execPath}' '${join(folder, 'rows.mjs')}'`, [], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1', CI: '' },
    })
    return stripVTControlCharacters(screen).split(/\r?\n/)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

it.skipIf(!canMakeTerminal)('shows a reason whole once its step has ended, broken between words', async () => {
  const lines = await linesOf('web', `{ error: new Error('${reason}'), seconds: 36.7 }`)
  expect(lines.filter((line) => line.length > 60)).toEqual([])
  expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain(`service/web 36.7 s ${reason}`)
})

it.skipIf(!canMakeTerminal)('cuts a long title, and never its times nor what came of the step', async () => {
  const lines = await linesOf('host names in /home/somebody/work/shop/hosts', `{ result: 'created', seconds: 0.6 }`)
  expect(lines.filter((line) => line.length > 60)).toEqual([])
  expect(lines.join('\n')).toMatch(/service\/web +0\.6 s  host names in… created/)
  expect(lines.join('\n')).toMatch(/service\/web +0 s of ~18 s  host names/)
})
