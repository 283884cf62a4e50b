import { spawn } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const source = fileURLToPath(new URL('../../../scripts/stop-signals.ts', import.meta.url))

/** A run that cleans up when it is told to stop, beside what ends the process where nobody else listens, as signal-exit does. */
const program = `
  const { stopSignals } = await import(${JSON.stringify(source)})
  const { signal } = stopSignals()
  process.on('SIGINT', function last() {
    if (process.listenerCount('SIGINT') > 1) return
    process.off('SIGINT', last)
    process.kill(process.pid, 'SIGINT')
  })
  const stay = setInterval(() => {}, 1000)
  signal.addEventListener('abort', () => {
    console.log('stopping: ' + signal.reason.code)
    if (process.argv.includes('cleans')) setTimeout(() => { console.log('clean'); process.exitCode = 130; clearInterval(stay) }, 50)
  })
  console.log('ready')
`

const run = async (word: string, on: Readonly<Record<string, NodeJS.Signals>>) => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, word], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    for (const [text, signal] of Object.entries(on))
      if (!said.includes(text) && (said + chunk.toString()).includes(text)) child.kill(signal)
    said += chunk.toString()
  })
  return new Promise((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, said: said.trim().split('\n') })),
  )
}

it('lets a run clean up, whoever else listens', async () => {
  expect(await run('cleans', { ready: 'SIGINT' })).toEqual({
    code: 130,
    signal: null,
    said: ['ready', 'stopping: stopped', 'clean'],
  })
})

it('ends it at the second signal', async () => {
  expect(await run('hangs', { ready: 'SIGINT', stopping: 'SIGINT' })).toMatchObject({ code: null, signal: 'SIGINT' })
})
