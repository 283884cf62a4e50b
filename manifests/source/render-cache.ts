import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { hashOf } from '../../core/fingerprint.ts'
import type { Render } from '../helm/template-output.ts'

/** Raised when what is kept would come out differently for the same inputs. */
const format = 1

/** Renders only what was not rendered from the same inputs before. Renders with problems are not kept: their cause may lie elsewhere. */
export const cachedRender = async (
  inputs: unknown,
  cacheFolder: string,
  render: () => Promise<Render>,
): Promise<Render> => {
  const file = join(cacheFolder, 'renders', `${hashOf([format, inputs])}.json`)
  const kept = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Render,
    () => undefined,
  )
  if (kept) return kept
  const made = await render()
  if (made.problems.length > 0) return made
  await keep(file, JSON.stringify(made)).catch(() => undefined)
  return made
}

/** Not flushed to the disk: a file that a crash left empty is rendered again. Rendered objects may hold secrets. */
const keep = async (file: string, text: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`
  await writeFile(temporary, text, { mode: 0o600 })
  await rename(temporary, file)
}
