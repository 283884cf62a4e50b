import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const project = (name: string, more: Record<string, unknown> = {}) => ({
  test: { name, include: [`test/${name}/**/*.test.ts`], environment: 'node', restoreMocks: true, ...more },
})

export default defineConfig({
  test: {
    // Most of them wait for child processes: no core is to be kept free.
    maxWorkers: availableParallelism(),
    projects: [
      project('unit'),
      project('integration', { testTimeout: 30_000 }),
      project('e2e', { testTimeout: 900_000, hookTimeout: 300_000, fileParallelism: false }),
    ],
  },
})
