import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { StoppedError } from '../../../../core/errors.ts'
import { save } from '../../../../scripts/init/save.ts'
import { schemaPath } from '../../../../scripts/init/schema-path.ts'
import { tree } from '../../../support/tree.ts'

const saving = (folder: string, more: Partial<Parameters<typeof save>[1]> = {}) => ({
  folder,
  file: join(folder, 'kindup.yaml'),
  files: [],
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

  it('has what is written beside it, or all of it is taken away again', async () => {
    using at = tree({ 'k8s/db.yaml': 'mine' })
    const files = [
      { path: 'deploy/a/web.yaml', text: 'kind: A' },
      { path: 'k8s/web.yaml', text: 'kind: B' },
    ]
    await expect(save('nam: shop', saving(at.folder, { files }))).rejects.toThrow('no valid configuration')
    const taken = [...files, { path: 'k8s/db.yaml', text: '' }]
    await expect(save('name: shop', saving(at.folder, { files: taken }))).rejects.toThrow('k8s/db.yaml has come up')
    expect(readdirSync(at.folder, { recursive: true })).toEqual(['k8s', 'k8s/db.yaml'])
    expect(readFileSync(join(at.folder, 'k8s/db.yaml'), 'utf8')).toBe('mine')
    await save('name: shop', saving(at.folder, { files }))
    expect(readFileSync(join(at.folder, 'deploy/a/web.yaml'), 'utf8')).toBe('kind: A')
  })

  it('is refused with a sentence where nothing can be written', async () => {
    using at = tree({ f: '' })
    await expect(save('name: shop\n', saving(join(at.folder, 'f')))).rejects.toMatchObject({
      code: 'file-write',
      message: expect.stringContaining('its path leads through a file'),
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
