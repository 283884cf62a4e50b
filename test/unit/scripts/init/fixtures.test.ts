import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
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

  // What is expected of fixtures/NAME stands beside it, in NAME.kindup.yaml and, of what is written with it, NAME.files; NAME.remote is its git remote; what rendering decides is tried where helm is.
  it.each(names.filter((name) => !existsSync(join(fixtures, `${name}.rendered`))))(
    '%s the proposal is the one beside it, and valid without a warning',
    async (name) => {
      cpSync(join(fixtures, name), folder, { recursive: true })
      if (existsSync(join(fixtures, `${name}.remote`))) {
        mkdirSync(join(folder, '.git'))
        const url = readFileSync(join(fixtures, `${name}.remote`), 'utf8')
        writeFileSync(join(folder, '.git', 'config'), `[remote "origin"]\n\turl = ${url}`)
      }
      const draft = propose(scanFolder(folder, 'shop'), 'shop')
      const text = writeDraft(draft, './schema.json')
      const beside = (draft.files ?? []).map(({ path, text: content }) => `==> ${path}\n${content}`).join('\n')
      expect(beside).toBe(
        existsSync(join(fixtures, `${name}.files`)) ? readFileSync(join(fixtures, `${name}.files`), 'utf8') : '',
      )
      for (const { path, text: content } of draft.files ?? []) {
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        writeFileSync(join(folder, path), content)
      }
      expect(text).toBe(readFileSync(join(fixtures, `${name}.kindup.yaml`), 'utf8'))
      writeFileSync(join(folder, 'kindup.yaml'), text)
      expect((await loadConfig({ cwd: folder, env: {} })).warnings).toEqual([])
    },
  )
})
