import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { contextFiles, contextInputs, hashOfContext, type KnownFiles } from '../../../../cluster/images/context-hash.ts'

const contextHash = async (...given: Parameters<typeof contextFiles>): Promise<string> =>
  hashOfContext(await contextFiles(...given))

const folder = async () => {
  const path = await mkdtemp(join(tmpdir(), 'kindup-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

it('does not change with what editors put beside the file that is edited', async () => {
  const context = await mkdtemp(join(tmpdir(), 'kindup-'))
  try {
    const hash = () => contextHash(context, join(context, 'Dockerfile'))
    await mkdir(join(context, 'src'))
    await writeFile(join(context, 'Dockerfile'), 'FROM scratch\n')
    await writeFile(join(context, 'src/main.py'), 'one')
    const before = await hash()
    for (const name of ['.main.py.swp', 'main.py~', '4913'])
      await writeFile(join(context, 'src', name), 'an editor’s own')
    expect(await hash()).toBe(before)
    await writeFile(join(context, 'src/main.py'), 'two')
    expect(await hash()).not.toBe(before)
  } finally {
    await rm(context, { recursive: true })
  }
})

it('is of the context without what is ignored, the Dockerfile, and what says what is ignored', async () => {
  const context = await mkdtemp(join(tmpdir(), 'kindup-'))
  try {
    await writeFile(join(context, 'Dockerfile'), 'FROM scratch\n')
    await writeFile(join(context, '.dockerignore'), 'node_modules\n')
    const inputs = await contextInputs(context, '/elsewhere/Dockerfile')
    expect(inputs.map(({ path }) => path)).toEqual([
      context,
      '/elsewhere/Dockerfile',
      '/elsewhere/Dockerfile.dockerignore',
      join(context, '.dockerignore'),
    ])
    expect([inputs[0]?.ignored?.matches('node_modules/x'), inputs[0]?.ignored?.matches('src/x')]).toEqual([true, false])
  } finally {
    await rm(context, { recursive: true })
  }
})

describe('a second look', () => {
  it('tells every change, of contents that are as long and as old as before too', async () => {
    await using context = await folder()
    const known: KnownFiles = new Map()
    const hash = () => contextHash(context.path, join(context.path, 'Dockerfile'), known)
    const file = join(context.path, 'main.py')
    const then = new Date(2020, 1, 1)
    const seen = new Set<string>()
    for (const text of ['one', 'two', 'six']) {
      await writeFile(file, text)
      await utimes(file, then, then)
      seen.add(await hash())
    }
    expect(seen.size).toBe(3)
  })

  it('reads no file again that has lain there for a while', async () => {
    await using context = await folder()
    const file = join(context.path, 'main.py')
    await writeFile(file, 'one')
    const known: KnownFiles = new Map()
    const hash = () => contextHash(context.path, join(context.path, 'Dockerfile'), known)
    await hash()
    expect(known.size).toBe(0)
    const later = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000)
    const before = await hash()
    expect([...known.keys()]).toEqual([file])
    // What is known is believed: that is what it is for.
    known.set(file, { ...known.get(file)!, description: 'something else' })
    expect(await hash()).not.toBe(before)
    await writeFile(file, 'two')
    later.mockRestore()
    expect(await hash()).toBe(await contextHash(context.path, join(context.path, 'Dockerfile')))
  })
})
