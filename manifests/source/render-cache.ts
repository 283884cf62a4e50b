import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../../core/atomic-write.ts'
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
  // Rendered values may hold secrets.
  await writeFileAtomic(file, JSON.stringify(made), { mode: 0o600 }).catch(() => undefined)
  return made
}
