import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../../../../config/load.ts'
import { scanFolder } from '../../../../scripts/init/scan.ts'
import { propose } from '../../../../scripts/init/propose.ts'
import { writeDraft } from '../../../../scripts/init/write-draft.ts'

const fixtures = join(import.meta.dirname, '../../../fixtures/init')
const names = readdirSync(fixtures, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kindup-init-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('for the folder', () => {
  it('there are fixtures', () => {
    expect(names.length).toBeGreaterThan(8)
  })

  // What is expected of fixtures/NAME stands beside it, in NAME.kindup.yaml; what rendering decides is tried where helm is.
  it.each(names.filter((name) => !existsSync(join(fixtures, `${name}.rendered`))))(
    '%s the proposal is the one beside it, and valid without a warning',
    async (name) => {
      cpSync(join(fixtures, name), folder, { recursive: true })
      const text = writeDraft(propose(scanFolder(folder, 'shop'), 'shop'), './schema.json')
      expect(text).toBe(readFileSync(join(fixtures, `${name}.kindup.yaml`), 'utf8'))
      writeFileSync(join(folder, 'kindup.yaml'), text)
      expect((await loadConfig({ cwd: folder, env: {} })).warnings).toEqual([])
    },
  )
})
