import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newAddOn } from '../../../scripts/new-addon.ts'

const template = fileURLToPath(new URL('../../../addons/_template', import.meta.url))
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kindup-new-'))
  cpSync(template, join(folder, '_template'), { recursive: true })
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('a new add-on', () => {
  it('is the template with its name in it', async () => {
    const files = await newAddOn('cert-manager', folder)
    expect(files).toEqual(['index.ts', 'values.yaml'].map((file) => join(folder, 'cert-manager', file)))
    const index = readFileSync(join(folder, 'cert-manager', 'index.ts'), 'utf8')
    expect(index).toContain('export const certManager: AddOn')
    expect(index).toContain("name: 'cert-manager'")
    expect(index).not.toMatch(/addon-?name/i)
  })

  it('never takes the place of one that is there', async () => {
    await newAddOn('mine', folder)
    writeFileSync(join(folder, 'mine', 'index.ts'), 'my work')
    await expect(newAddOn('mine', folder)).rejects.toMatchObject({ code: 'ERR_FS_CP_EEXIST' })
    expect(readFileSync(join(folder, 'mine', 'index.ts'), 'utf8')).toBe('my work')
  })

  it.each(['../evil', 'Upper', 'a--b', '', '_template', '1st'])('is not named %j', async (name) => {
    await expect(newAddOn(name, folder)).rejects.toThrow('cannot name an add-on')
    expect(existsSync(join(folder, 'evil'))).toBe(false)
  })
})
