import { readFile, writeFile } from 'node:fs/promises'

/** Into its place on a page that has one for that command; otherwise it is the page. */
export const placeFigures = async (file: string, figures: string, command = 'npm run bench'): Promise<void> => {
  const [begin, after] = [`<!-- figures: ${command} -->`, '<!-- /figures -->']
  const page = await readFile(file, 'utf8').catch(() => '')
  const from = page.indexOf(begin)
  const to = page.indexOf(after, from)
  const isPlaced = from >= 0 && to > from
  await writeFile(file, isPlaced ? `${page.slice(0, from)}${begin}\n\n${figures}\n${page.slice(to)}` : figures)
}
