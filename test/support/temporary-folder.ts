import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

/**
 * vitest's global set-up: the tests of one run have a temporary folder of their own. What they leave in it is a mistake, of
 * theirs or of what they test, and makes the run red.
 */
export default (): (() => void) => {
  const before = process.env['TMPDIR']
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'kindup-'))
  process.env['TMPDIR'] = folder
  return () => {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
    const left = readdirSync(folder)
    rmSync(folder, { recursive: true, force: true })
    if (left.length > 0) throw new Error(`tests left in the temporary folder: ${left.toSorted().join(', ')}`)
  }
}
