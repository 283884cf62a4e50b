import { registerHooks } from 'node:module'
import process from 'node:process'

// vitest hears of every import of every file, also of those that are loaded already, and tells its main process: a tenth
// of the time of all tests. It is for watching alone, which tests to run again. A relative path is a whole one here, with
// its ending, so that there is nothing to look for either.
const done = Symbol.for('kindup.test.straight-imports')
if (process.env['VITEST_MODE'] === 'RUN' && !(done in globalThis)) {
  Object.assign(globalThis, { [done]: true })
  registerHooks({
    resolve: (specifier, context, next) => {
      const { parentURL } = context
      const isOwn = parentURL !== undefined && !parentURL.includes('/node_modules/')
      return isOwn && /^\.\.?\/[^?%]*\.(ts|mjs)$/.test(specifier)
        ? { url: new URL(specifier, parentURL).href, shortCircuit: true }
        : next(specifier, context)
    },
  })
}
