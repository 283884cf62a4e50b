import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A piece of a page in the language of its fence (none: ''), and the line of the page where it begins. */
export type Block = { readonly page: string; readonly language: string; readonly text: string; readonly line: number }

/** A page of the documentation: what stands in fences, and the prose between them with each fence's lines empty. */
export type Page = { readonly name: string; readonly prose: string; readonly blocks: readonly Block[] }

/** Every page that people read here, README first. */
export const pages = (): readonly Page[] =>
  globSync('{*.md,docs/**/*.md,examples/**/*.md}', { cwd: root, exclude: ['**/node_modules/**', 'docs/site/**'] })
    .map((name) => name.replaceAll('\\', '/'))
    .toSorted((a, b) => Number(b === 'README.md') - Number(a === 'README.md') || (a < b ? -1 : 1))
    .map((name) => readPage(name, readFileSync(join(root, name), 'utf8')))

export const readPage = (name: string, text: string): Page => {
  const blocks: Block[] = []
  const prose: string[] = []
  let open: { fence: string; language: string; line: number; lines: string[] } | undefined
  for (const [index, line] of text.split('\n').entries()) {
    const [, fence = '', language = ''] = /^\s*(`{3,})\s*(\S*)/.exec(line) ?? []
    const isOutside = open === undefined && fence === ''
    prose.push(isOutside ? line : '')
    if (open !== undefined && fence === open.fence && language === '') {
      blocks.push({ page: name, language: open.language, text: open.lines.join('\n'), line: open.line })
      open = undefined
    } else if (open !== undefined) open.lines.push(line)
    else if (fence !== '') open = { fence, language, line: index + 2, lines: [] }
  }
  if (open !== undefined) throw new Error(`${name}:${open.line - 1}: the fence is not closed`)
  return { name, prose: prose.join('\n'), blocks }
}

/** What stands between backticks in the prose, with its line. */
export const codeIn = ({ prose }: Page): readonly { readonly text: string; readonly line: number }[] =>
  prose
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(/(?<!`)`([^`]+)`(?!`)/g)].map(([, text = '']) => ({ text, line: index + 1 })),
    )
