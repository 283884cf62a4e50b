import { readFile, writeFile } from 'node:fs/promises'

/** Writes `to` in the place of each `from` of a file. Throws where there is none: an edit that changes nothing would show nothing. */
export const replaceIn = async (path: string, from: string, to: string): Promise<void> => {
  const text = await readFile(path, 'utf8')
  if (!text.includes(from)) throw new Error(`${path} does not hold ${from}`)
  await writeFile(path, text.replaceAll(from, to))
}
