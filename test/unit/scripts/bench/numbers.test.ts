import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const script = fileURLToPath(new URL('../../../../scripts/bench.ts', import.meta.url))

it('refuses what is no number of rounds or seconds, and begins nothing', () => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [script, '--count', 'x', '--settle', 'soon'], {
    encoding: 'utf8',
    env: { PATH: '' },
  })
  expect({ status, stderr, stdout }).toEqual({
    status: 2,
    stderr: '✗ --count x: write a whole number from 1 on.\n✗ --settle soon: write a number of seconds.\n',
    stdout: '',
  })
})
