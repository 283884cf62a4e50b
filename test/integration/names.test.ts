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

describe('names in a hosts file', () => {
  let at: Shop
  beforeEach(async () => {
    at = await shop({ programs: [] })
    await at.write('names', '10.0.0.1 nas\n')
  })
  afterEach(() => at[Symbol.asyncDispose]())
  const hosts = (verb: string, ...more: readonly string[]) =>
    at.run('hosts', verb, '--hosts-file', at.path('names'), '--name', 'other', '--json', ...more)

  it('are given one after the other, and written in lower case', async () => {
    expect((await hosts('apply', '--host', 'a.test', 'B.test', '--host', 'c.test')).json()).toMatchObject({
      hosts: ['a.test', 'b.test', 'c.test'],
    })
  })

  it('go one by one, and with the last one the block', async () => {
    await hosts('apply', '--host', 'a.test', 'b.test')
    expect((await hosts('remove', '--host', 'a.test')).json()).toMatchObject({ hosts: ['b.test'] })
    expect((await hosts('remove', '--host', 'b.test')).json()).toMatchObject({ hosts: [] })
    expect(await at.read('names')).toBe('10.0.0.1 nas\n')
  })

  it.each(['localhost', '*.test', '1.2.3.4', 'a b', '-x.test'])('are not %j', async (name) => {
    const { code, json } = await hosts('apply', `--host=${name}`)
    expect([code, json()]).toMatchObject([2, { error: { code: 'flags' } }])
    expect(await at.read('names')).toBe('10.0.0.1 nas\n')
  })

  it('want a folder that is there, and to be told what for', async () => {
    const { code, stderr } = await at.run(
      'hosts',
      'apply',
      '--hosts-file',
      at.path('no/names'),
      '--name',
      'x',
      '--host',
      'a.test',
    )
    expect([code, stderr]).toEqual([2, expect.stringContaining(`There is no folder ${at.path('no')}`)])
    const bare = await at.run('hosts')
    expect([bare.code, bare.stderr]).toEqual([2, expect.stringContaining('Hosts wants to be told what to do.')])
    expect((await at.run('hosts', 'shw')).stderr).toContain('Did you mean show?')
  })
})
