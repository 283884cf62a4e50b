import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = (...args: readonly string[]): void =>
  expect(spawnSync(process.execPath, args, { cwd: root, stdio: 'ignore' }).status).toBe(0)

// What people wait for before anything happens: to be read side by side, in one run on one machine.
test('starting', { timeout: 120_000 }, async ({ bench }) => {
  await bench.compare(
    bench('node alone', () => run('-e', '0')),
    bench('kindup --help', () => run('scripts/kindup.mjs', '--help')),
    bench('kindup up --help', () => run('scripts/kindup.mjs', 'up', '--help')),
    bench('kindup plan of the reference example', () => run('scripts/kindup.mjs', 'plan', '--json')),
    { iterations: 10, time: 0, warmupIterations: 2, warmupTime: 0 },
  )
})
