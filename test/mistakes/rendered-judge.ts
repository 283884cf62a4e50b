import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RenderedMistake } from './rendered-table.ts'

const here = fileURLToPath(new URL('../fixtures/mistakes', import.meta.url))

/** Copies the chart and the kustomization into a folder, where mistakes are made in them. */
export const copySources = async (folder: string): Promise<void> => {
  for (const name of ['chart', 'kustomize']) await cp(join(here, name), join(folder, name), { recursive: true })
}

/** Makes a mistake in a copy, and answers its file and line, and what takes it back. Throws where what it changes does not stand there. */
export const makeMistake = async (
  folder: string,
  { file, good, bad, below = 0 }: RenderedMistake,
): Promise<{ readonly at: { readonly file: string; readonly line: number }; takeBack(): Promise<void> }> => {
  const path = join(folder, file)
  const text = await readFile(path, 'utf8')
  const at = text.indexOf(good)
  if (at < 0) throw new Error(`${file} does not hold ${JSON.stringify(good)}`)
  const changed = `${text.slice(0, at)}${bad}${text.slice(at + good.length)}`
  await writeFile(path, changed)
  const lines = text.split('\n')
  const first = changed.split('\n').findIndex((line, index) => line !== lines[index])
  return { at: { file: path, line: first + 1 + below }, takeBack: () => writeFile(path, text) }
}
