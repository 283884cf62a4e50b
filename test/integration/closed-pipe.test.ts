import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import process from 'node:process'
import { expect, it } from 'vitest'
import { builtKindup } from '../support/built.ts'

it('a reader who has read enough is no failure', async () => {
  const child = spawn(process.execPath, [builtKindup(), 'completion', 'bash'], { stdio: ['ignore', 'pipe', 'pipe'] })
  // Before the first word is written.
  child.stdout.destroy()
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect({ code, said }).toEqual({ code: 0, said: '' })
})

it.skipIf(!existsSync('/dev/full'))('a disk that is full is said, and is no defect', async () => {
  const full = openSync('/dev/full', 'w')
  const child = spawn(process.execPath, [builtKindup(), 'completion', 'bash'], { stdio: ['ignore', full, 'pipe'] })
  closeSync(full)
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(code).toBe(1)
  expect(said).toContain('The results could not be written to standard output: its disk is full.')
})

it.skipIf(!existsSync('/dev/full'))('an error page that finds no room is no defect either', async () => {
  const full = openSync('/dev/full', 'w')
  const child = spawn(process.execPath, [builtKindup(), 'nonsense'], { stdio: ['ignore', full, full] })
  closeSync(full)
  expect(await new Promise((resolve) => child.on('close', resolve))).toBe(2)
})
