import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { contextHash, contextInputs } from '../../../../cluster/images/context-hash.ts'

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
