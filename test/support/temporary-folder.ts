import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

/**
 * vitest's global set-up: the tests of one run, of all its projects, have a temporary folder of their own. What they leave
 * in it is a mistake, of theirs or of what they test, and makes the run red. Beside it are their home folders
 * (`KINDUP_TEST_HOMES`), which go with the run: a file of which all tests are skipped has no end at which to remove one.
 */
export default (): (() => void) | undefined => {
  if (process.env['KINDUP_TEST_HOMES'] !== undefined) return undefined
  const before = process.env['TMPDIR']
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'kindup-'))
  const [temporary, homes] = [join(folder, 'tmp'), join(folder, 'homes')]
  mkdirSync(temporary)
  mkdirSync(homes)
  Object.assign(process.env, { TMPDIR: temporary, KINDUP_TEST_HOMES: homes })
  return () => {
    delete process.env['KINDUP_TEST_HOMES']
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
    const left = readdirSync(temporary)
    rmSync(folder, { recursive: true, force: true })
    if (left.length > 0) throw new Error(`tests left in the temporary folder: ${left.toSorted().join(', ')}`)
  }
}
