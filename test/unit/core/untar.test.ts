import { expect, it } from 'vitest'
import { tarEnd, tarHeader, tarPadding } from '../../../cluster/load/tar.ts'
import { EnvironmentError } from '../../../core/errors.ts'
import { readTar } from '../../../core/untar.ts'

const texts = { 'a.json': 'x'.repeat(700), 'manifest.json': '[]' }
const archive = Buffer.concat([
  ...Object.entries(texts).flatMap(([name, text]) => [
    tarHeader(name, text.length),
    Buffer.from(text),
    tarPadding(text.length),
  ]),
  tarEnd,
])

async function* cut(bytes: number): AsyncGenerator<Buffer> {
  yield archive.subarray(0, bytes)
}

const namesIn = async (source: AsyncIterable<Buffer>): Promise<readonly string[] | EnvironmentError> => {
  const names: string[] = []
  try {
    for await (const { name, body } of readTar(source, 'What docker saves')) {
      for await (const _ of body()) void _
      names.push(name)
    }
    return names
  } catch (error) {
    if (error instanceof EnvironmentError) return error
    throw error
  }
}

it('tells in a sentence that an archive ends in the middle, wherever it is cut', async () => {
  expect(await namesIn(cut(archive.length))).toEqual(Object.keys(texts))
  let errors = 0
  for (let bytes = 0; bytes < archive.length - tarEnd.length; bytes += 37) {
    const read = await namesIn(cut(bytes))
    if (!(read instanceof EnvironmentError)) continue
    errors += 1
    expect(read).toMatchObject({
      code: 'program-output',
      message: expect.stringMatching(/^What docker saves is no whole archive: .*[^.]\.$/),
    })
  }
  expect(errors).toBeGreaterThan(30)
})

it('passes on what its source throws', async () => {
  const broken = async function* (): AsyncGenerator<Buffer> {
    yield archive.subarray(0, 600)
    throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
  }
  await expect(namesIn(broken())).rejects.toThrow('no space left')
})
