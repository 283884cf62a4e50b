import process from 'node:process'
import { defineConfig } from 'vitest/config'

// Node runs the sources as in all tests: one worker loads each module once, and the mutant is switched on within it.
export default defineConfig({
  test: {
    include: (process.env['KINDUP_MUTANTS_TESTS'] ?? '').split(' '),
    environment: 'node',
    restoreMocks: true,
    isolate: false,
    // Of the tests as they are: a mutant that hangs is ended by Stryker.
    testTimeout: 180_000,
    experimental: { viteModuleRunner: false, nodeLoader: false },
    setupFiles: ['test/support/straight-imports.ts', 'test/support/plain-environment.ts', 'test/mutants/set-up.ts'],
  },
})
