import { readFile, writeFile } from 'node:fs/promises'

const [begin, end] = ['<!-- figures: npm run bench -->', '<!-- /figures -->']

/** Into its place on a page that has one; otherwise it is the page. */
export const placeFigures = async (file: string, figures: string): Promise<void> => {
  const page = await readFile(file, 'utf8').catch(() => '')
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  const isPlaced = from >= 0 && to > from
  await writeFile(file, isPlaced ? `${page.slice(0, from)}${begin}\n\n${figures}\n${page.slice(to)}` : figures)
}
