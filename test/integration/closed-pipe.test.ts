import { spawn } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const kindup = fileURLToPath(new URL('../../scripts/kindup.mjs', import.meta.url))

it('a reader who has read enough is no failure', async () => {
  const child = spawn(process.execPath, [kindup, 'completion', 'bash'], { stdio: ['ignore', 'pipe', 'pipe'] })
  // Before the first word is written.
  child.stdout.destroy()
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect({ code, said }).toEqual({ code: 0, said: '' })
})
