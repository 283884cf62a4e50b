import { lstatSync, readFileSync, readlinkSync } from 'node:fs'
import { join, sep } from 'node:path'
import type { Problem } from '../../core/problem.ts'

/** What helm says of a link that it cannot follow, as a sentence about the link; undefined where it is about something else. */
export const linkProblem = (said: string, chart: string): Problem | undefined => {
  const [, lost] = /error evaluating symlink (.+?): lstat /.exec(said) ?? []
  if (lost !== undefined) return problem(lost, `This link leads nowhere: there is no ${target(lost)}.`)
  const [, round] = /(?:open|stat|read) (.+?): too many levels of symbolic links/.exec(said) ?? []
  const link = round === undefined ? undefined : firstLink(round, chart)
  if (link !== undefined)
    return problem(link, 'This link leads round in a circle: what it leads to holds the link itself.')
  const [, name] = /error unpacking subchart (\S+) in \S+: Chart\.yaml file is missing/.exec(said) ?? []
  if (name === undefined) return undefined
  const file = join(chart, 'charts', name)
  return isLinkAsText(file)
    ? {
        ...problem(
          file,
          'This is a link that git has written as a file with its target in it: helm finds no chart there.',
        ),
        hint: 'git config core.symlinks true, then: git checkout -- CHART/charts',
      }
    : undefined
}

const problem = (file: string, message: string): Problem => ({ severity: 'error', message, at: { file } })

const target = (link: string): string => {
  try {
    return readlinkSync(link)
  } catch {
    return 'such file'
  }
}

/** The link that a path goes through first, below the chart. */
const firstLink = (path: string, chart: string): string | undefined => {
  const parts = path.split(sep)
  for (let end = chart.split(sep).length + 1; end <= parts.length; end += 1) {
    const place = parts.slice(0, end).join(sep)
    if (lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink()) return place
  }
  return undefined
}

/** `../../common`, and nothing else: what git writes where links are switched off. */
const isLinkAsText = (file: string): boolean => {
  try {
    return lstatSync(file).isFile() && /^(?:\.{1,2}\/)+[^\n\0]{1,200}\n?$/.test(readFileSync(file, 'utf8'))
  } catch {
    return false
  }
}
