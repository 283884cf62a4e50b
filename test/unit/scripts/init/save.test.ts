import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { StoppedError } from '../../../../core/errors.ts'
import { save } from '../../../../scripts/init/save.ts'
import { schemaPath } from '../../../../scripts/init/schema-path.ts'
import { tree } from '../../../support/tree.ts'

const saving = (folder: string, more: { overwrite?: boolean; signal?: AbortSignal } = {}) => ({
  folder,
  file: join(folder, 'kindup.yaml'),
  overwrite: false,
  env: {},
  signal: new AbortController().signal,
  ...more,
})

describe('what is saved', () => {
  it('is there whole, and nothing else', async () => {
    using at = tree({})
    await save('name: shop\n', saving(at.folder))
    expect(readdirSync(at.folder)).toEqual(['kindup.yaml'])
    expect(readFileSync(join(at.folder, 'kindup.yaml'), 'utf8')).toBe('name: shop\n')
  })

  it('is one that kindup takes, or nothing', async () => {
    using at = tree({})
    await expect(save('name: Shop\nservics: {}\n', saving(at.folder))).rejects.toThrow(
      /no valid configuration[^]*line 2/,
    )
    expect(readdirSync(at.folder)).toEqual([])
  })

  it('takes the place of nothing that came up meanwhile', async () => {
    using at = tree({ 'kindup.yaml': 'name: mine\n' })
    await expect(save('name: shop\n', saving(at.folder))).rejects.toMatchObject({ code: 'file-exists', exitCode: 1 })
    expect(readdirSync(at.folder)).toEqual(['kindup.yaml'])
    expect(readFileSync(join(at.folder, 'kindup.yaml'), 'utf8')).toBe('name: mine\n')
    await save('name: shop\n', saving(at.folder, { overwrite: true }))
    expect(readFileSync(join(at.folder, 'kindup.yaml'), 'utf8')).toBe('name: shop\n')
  })

  it('is nothing after a stop', async () => {
    using at = tree({})
    const stopped = saving(at.folder, { signal: AbortSignal.abort(new StoppedError()) })
    await expect(save('name: shop\n', stopped)).rejects.toMatchObject({ exitCode: 130 })
    expect(readdirSync(at.folder)).toEqual([])
  })

  it('is refused with a sentence where nothing can be written', async () => {
    using at = tree({ f: '' })
    await expect(save('name: shop\n', saving(join(at.folder, 'f')))).rejects.toMatchObject({
      code: 'file-write',
      message: expect.stringContaining('ENOTDIR'),
    })
  })
})

describe('the schema for editors', () => {
  const schema = 'docs/kindup.schema.json'

  it('is the one of the kindup that the project has', () => {
    using at = tree({ [`node_modules/kindup/${schema}`]: '{}', 'deep/down/x': '' })
    expect(schemaPath(at.folder)).toBe(`./node_modules/kindup/${schema}`)
    expect(schemaPath(join(at.folder, 'deep/down'))).toBe(`../../node_modules/kindup/${schema}`)
  })

  it('is else the one that runs, and is there', () => {
    using at = tree({ 'project/x': '', [`kindup/${schema}`]: '{}' })
    expect(schemaPath(join(at.folder, 'project'), join(at.folder, 'kindup'))).toBe(`../kindup/${schema}`)
    const path = schemaPath(at.folder)
    expect(JSON.parse(readFileSync(join(at.folder, path), 'utf8'))).toMatchObject({ title: 'kindup.yaml' })
  })

  it('is else where an installation puts it', () => {
    using at = tree({ [`_npx/1/node_modules/kindup/${schema}`]: '{}' })
    writeFileSync(join(at.folder, 'package.json'), '{}')
    expect(schemaPath(at.folder, at.folder)).toBe(`./node_modules/kindup/${schema}`)
    const npx = join(at.folder, '_npx/1/node_modules/kindup')
    expect(schemaPath(join(at.folder, 'project'), npx)).toBe(`./node_modules/kindup/${schema}`)
  })
})
