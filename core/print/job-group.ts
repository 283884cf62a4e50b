import type { Writable } from 'node:stream'

/** Folds what is printed until the end under a title, in the log of a job; the end is told once. */
export type Group = (title: string) => () => void

type Env = Readonly<Record<string, string | undefined>>

/** How the runner of this job folds lines, by the words of GitHub or of GitLab; undefined for any other. */
export const groupsOf = (stream: Writable, env: Env, now: () => number = Date.now): Group | undefined => {
  if (env['GITHUB_ACTIONS'] === 'true')
    return (title) => {
      stream.write(`::group::${oneLine(title)}\n`)
      return once(() => stream.write('::endgroup::\n'))
    }
  if (env['GITLAB_CI'] !== 'true') return undefined
  let count = 0
  const seconds = (): number => Math.floor(now() / 1000)
  return (title) => {
    count += 1
    // Sections of one job are told apart by their names, and a name takes letters, digits and underscores.
    const name = `kindup_${count}`
    const clear = '\u001B[0K'
    stream.write(`${clear}section_start:${seconds()}:${name}[collapsed=true]\r${clear}${oneLine(title)}\n`)
    return once(() => stream.write(`${clear}section_end:${seconds()}:${name}\r${clear}\n`))
  }
}

const oneLine = (title: string): string => title.replaceAll(/\s+/g, ' ')

const once = (work: () => unknown): (() => void) => {
  let isDone = false
  return () => {
    if (!isDone) work()
    isDone = true
  }
}
