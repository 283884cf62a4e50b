import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { shop, type Shop } from './shop.ts'

// Names become paths, labels and lines of files: what is none must not get that far.
describe('a name that is none', () => {
  let at: Shop
  beforeEach(async () => {
    at = await shop()
  })
  afterEach(() => at[Symbol.asyncDispose]())

  it.each(['../../precious', '..', 'a/b', 'Shop', ''])('%j takes nothing away', async (name) => {
    await at.write('precious/file', 'mine')
    const { code, json } = await at.run('down', '--name', name, '--json')
    expect(await at.read('precious/file')).toBe('mine')
    expect(code).toBe(2)
    expect(json()).toMatchObject({ error: { code: 'flags', message: expect.stringContaining(`'${name}' is invalid`) } })
  })
})
