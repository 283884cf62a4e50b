import { registerHooks } from 'node:module'
import process from 'node:process'

// vitest hears of every import of every file, also of those that are loaded already, and tells its main process: a tenth
// of the time of all tests. It is for watching alone, which tests to run again. A relative path is a whole one here, with
// its ending, so that there is nothing to look for either.
// vitest gives each test and set-up file the time as its query, and Node compiles what has another name each time: nothing
// was ever found in its cache, which grew by all of them each time. A file of tests is loaded once a worker here, and a
// set-up file again for each of them: those are counted, and have the same names each time.
const done = Symbol.for('kindup.test.straight-imports')
if (process.env['VITEST_MODE'] === 'RUN' && !(done in globalThis)) {
  Object.assign(globalThis, { [done]: true })
  const timed = /^(file:.*?)(\.test)?\.ts%3Fvitest=\d+$/
  let setUps = 0
  registerHooks({
    resolve: (specifier, context, next) => {
      const [, file, isTest] = timed.exec(specifier) ?? []
      if (file !== undefined)
        return { url: isTest ? `${file}.test.ts` : `${file}.ts?again=${setUps++}`, shortCircuit: true }
      const { parentURL } = context
      const isOwn = parentURL !== undefined && !parentURL.includes('/node_modules/')
      return isOwn && /^\.\.?\/[^?%]*\.(ts|mjs)$/.test(specifier)
        ? { url: new URL(specifier, parentURL).href, shortCircuit: true }
        : next(specifier, context)
    },
  })
}
