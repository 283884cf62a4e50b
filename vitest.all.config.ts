import { defineConfig } from 'vitest/config'
import config, { apart, project } from './vitest.config.ts'

// What `npm test` runs: unit and integration as one. A project has workers of its own, each of which loads all that is
// tested, and those of one would wait at its end for those of the other.
export default defineConfig({
  ...config,
  test: {
    ...config.test,
    projects: [project('all', { include: ['test/{unit,integration}/**/*.test.ts'], ...apart })],
  },
})
