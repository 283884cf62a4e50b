import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const project = (name: string, more: Record<string, unknown> = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], environment: 'node', restoreMocks: true, ...more },
})

export default defineConfig({
  test: {
    // Most of them wait for child processes: no core is to be kept free.
    maxWorkers: availableParallelism(),
    // Node runs the sources as they are, and no module holds state: each is loaded once a worker, and not once a file.
    experimental: { viteModuleRunner: false },
    isolate: false,
    projects: [
      project('unit', {
        setupFiles: ['test/support/plain-environment.ts'],
        testTimeout: 120_000,
        hookTimeout: 120_000,
      }),
      project('integration', {
        setupFiles: ['test/support/plain-environment.ts'],
        testTimeout: 120_000,
        hookTimeout: 120_000,
      }),
      project('e2e', { testTimeout: 900_000, hookTimeout: 300_000, fileParallelism: false }),
    ],
  },
})
