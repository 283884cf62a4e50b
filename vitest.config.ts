import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { defineConfig } from 'vitest/config'

// The folder that the command line takes by itself. Each worker loads hundreds of modules: one reads what another has compiled.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'node-compile-cache')

export const project = (name: string, more: Record<string, unknown> = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], environment: 'node', restoreMocks: true, ...more },
})

/** For tests that see nothing of the machine that they run on, and leave nothing on it. */
export const apart = {
  globalSetup: ['test/support/temporary-folder.ts'],
  setupFiles: ['test/support/straight-imports.ts', 'test/support/plain-environment.ts'],
}

export default defineConfig({
  test: {
    // Many of them wait for other processes, or for time to pass: others use the cores meanwhile.
    maxWorkers: 2 * availableParallelism(),
    // Those of one file that run at the same time wait, all of them.
    maxConcurrency: 40,
    // These end what hangs. No test is to be red because a machine is slow.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 120_000 } },
    // Node runs the sources as they are, and no module holds state: each is loaded once a worker, and not once a file.
    // Nothing is mocked, so that no module needs to be read before Node reads it.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    isolate: false,
    globalSetup: ['test/support/real-tools.ts'],
    projects: [
      project('unit', apart),
      project('integration', apart),
      project('faults', { include: ['test/faults/stand-ins.test.ts'], ...apart, testTimeout: 900_000 }),
      // In the environment of this machine, whose engine it is to find.
      project('real-faults', { include: ['test/faults/real-cluster.test.ts'], hookTimeout: 300_000 }),
      // In a browser of this machine; skipped loudly where there is none.
      project('browser', { setupFiles: ['test/support/straight-imports.ts'] }),
      project('box', { testTimeout: 1_800_000, hookTimeout: 900_000, fileParallelism: false }),
      project('e2e', { testTimeout: 900_000, hookTimeout: 300_000, fileParallelism: false }),
    ],
  },
})
