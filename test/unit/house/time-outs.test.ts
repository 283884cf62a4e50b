import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

/** Of all tests, as vitest.config.ts has it. */
const usualMs = 180_000
const ownTimeOut = /(?:\btimeout: |\btestTimeout: |\bhookTimeout: |^\s*\}, )(\d[\d_]{3,})(?: \}|\))/gm

// Time-outs end what hangs. One of its own makes a test red on a busy machine where the others go on.
it('no test has less time than all of them have', () => {
  const short = globSync('test/{unit,integration}/**/*.ts').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(ownTimeOut)]
      .filter(([, ms = '']) => Number(ms.replaceAll('_', '')) < usualMs)
      .map(([text]) => `${file}: ${text.trim()}`),
  )
  expect(short).toEqual([])
  expect(readFileSync('vitest.config.ts', 'utf8')).toContain('testTimeout: 180_000')
})
