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

const program = `
import { liveProgress } from '${pathToFileURL(join(root, 'core/print/live-progress.ts')).href}'
import { terminalOf } from '${pathToFileURL(join(root, 'core/print/terminal.ts')).href}'
const step = { id: 'service/web', title: 'web' }
const { listener, shown } = await liveProgress([{ step, action: 'create' }], terminalOf(process, process.env))
listener.started(step.id)
listener.ended(step.id, { error: new Error('${reason}'), seconds: 36.7 })
await shown
`

it.skipIf(!canMakeTerminal)('shows a reason whole once its step has ended, broken between words', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-'))
  try {
    await writeFile(join(folder, 'rows.mjs'), program)
    const { screen } = await atTerminal(`stty cols 60; '${process.execPath}' '${join(folder, 'rows.mjs')}'`, [], {
      cwd: folder,
      env: { ...process.env, NO_COLOR: '1', CI: '' },
    })
    const lines = stripVTControlCharacters(screen).split(/\r?\n/)
    expect(lines.filter((line) => line.length > 60)).toEqual([])
    expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain(`service/web 36.7 s ${reason}`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
