import { existsSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { pages, readPage, root, type Page } from '../../support/pages.ts'

type Link = { readonly target: string; readonly line: number }

/** Links and pictures, those that are named below (`[x]: y`) and those of HTML too. */
const linksIn = ({ prose }: Page): readonly Link[] =>
  prose
    .split('\n')
    .flatMap((line, index) =>
      [...withoutCode(line).matchAll(/\]\(<?([^)\s>]+)|^\s*\[[^\]]+\]:\s*(\S+)|\b(?:href|src)="([^"]+)"/g)].map(
        ([, inline, named, html]) => ({ target: inline ?? named ?? html ?? '', line: index + 1 }),
      ),
    )

const withoutCode = (line: string): string => line.replaceAll(/`[^`]*`/g, '')

/** The names that GitHub gives to the headings of a page, and those of `<a id=…>`. */
const anchorsOf = ({ prose }: Page): ReadonlySet<string> => {
  const seen = new Map<string, number>()
  const headings = [...prose.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, heading = '']) => {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, '')
    const slug = plain
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
      .replaceAll(' ', '-')
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    return times === 0 ? slug : `${slug}-${times}`
  })
  return new Set([...headings, ...[...prose.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id = '']) => id)])
}

const wrongLinks = (all: readonly Page[], isThere: (path: string) => boolean): readonly string[] => {
  const anchors = new Map(all.map((page) => [page.name, anchorsOf(page)]))
  return all.flatMap((page) =>
    linksIn(page).flatMap(({ target, line }) => {
      if (/^[a-z][a-z+.-]*:/i.test(target)) return []
      const [path = '', anchor] = decodeURI(target).split('#')
      const file = path === '' ? page.name : normalize(join(dirname(page.name), path)).replaceAll('\\', '/')
      if (!isThere(file)) return [`${page.name}:${line}: ${target}: there is no such file`]
      if (anchor === undefined || !file.endsWith('.md')) return []
      return anchors.get(file)?.has(anchor) === true ? [] : [`${page.name}:${line}: ${target}: no such heading`]
    }),
  )
}

describe('what is found wrong', () => {
  const there = readPage('docs/a.md', '# One & two\n\n## `up --watch`\n\n## Twice\n\n## Twice\n')
  const from = (text: string): readonly string[] =>
    wrongLinks([there, readPage('README.md', text)], (path) => ['docs/a.md', 'README.md'].includes(path))

  test.each(['[x](docs/a.md#one--two)', '[x](docs/a.md#up---watch)', '[x](docs/a.md#twice-1)', '`[x](docs/b.md)`'])(
    'not %s',
    (text) => expect(from(text)).toEqual([]),
  )
  test.each(['[x](docs/b.md)', '![x](b.svg)', '[x](docs/a.md#three)', '[x](#three)', '[x]: docs/b.md'])('%s', (text) =>
    expect(from(text)).toHaveLength(1),
  )
})

it('has no page that links to a file or a heading that is not there', () => {
  const all = pages()
  expect(all[0]?.name).toBe('README.md')
  expect(all.flatMap(linksIn).length).toBeGreaterThan(200)
  const files = (path: string): boolean =>
    !relative(root, join(root, path)).startsWith('..') && existsSync(join(root, path))
  expect(wrongLinks(all, files)).toEqual([])
})
