import { existsSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { CommandError, type Run } from '../../core/run.ts'

export type GitState = { readonly commit: string; readonly dirty: boolean } | { readonly none: string }

/** The commit that a folder stands at (seven characters) and whether anything in `paths` differs from it; or why that cannot be told. */
export type AskGit = (folder: string, paths: readonly string[]) => Promise<GitState>

type Question = {
  readonly folder: string
  readonly paths: readonly string[]
  readonly answer: (state: GitState | Promise<GitState>) => void
}

/** What is asked in one go about one repository is one process. */
export const makeAskGit = (run: Run): AskGit => {
  let asked: Question[] = []
  const ask = (): void => {
    const all = asked
    asked = []
    for (const some of Map.groupBy(all, ({ folder }) => repositoryOf(folder)).values()) {
      const together = stateOf(some, run)
      some.forEach((question, index) => {
        question.answer(together.then(([...states]) => states[index] ?? { none: 'git did not say' }))
      })
    }
  }
  return (folder, paths) =>
    new Promise((answer) => {
      if (asked.length === 0) queueMicrotask(ask)
      asked.push({ folder, paths, answer })
    })
}

/** The folder around it that has a `.git`; itself where none has. */
const repositoryOf = (folder: string): string => {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at
    if (dirname(at) === at) return folder
  }
}

const stateOf = async (questions: readonly Question[], run: Run): Promise<readonly GitState[]> => {
  const [first] = questions
  if (!first) return []
  try {
    const root = questions.length === 1 ? first.folder : repositoryOf(first.folder)
    const { stdout, stderr, code } = await status(
      root,
      questions.flatMap(({ paths }) => paths),
      run,
    )
    if (code !== 0) {
      if (questions.length === 1) return [{ none: stderr.trim().split('\n')[0] ?? 'git status failed' }]
      // What cannot be asked together, such as a folder behind a link, is asked alone.
      return (await Promise.all(questions.map((one) => stateOf([one], run)))).flat()
    }
    const commit = /(?:^|\0)# branch\.oid (\w+)\0/.exec(stdout)?.[1]
    if (commit === undefined) return questions.map(() => ({ none: 'the repository has no commit yet' }))
    const changed = changedIn(stdout)
    return questions.map(({ paths }) => ({
      commit: commit.slice(0, 7),
      dirty: questions.length === 1 ? changed.length > 0 : paths.some((path) => touches(changed, relative(root, path))),
    }))
  } catch (error) {
    if (error instanceof CommandError && error.code === 'command-missing')
      return questions.map(() => ({ none: 'git is not installed' }))
    throw error
  }
}

/** One process for commit and changes. Without optional locks it leaves the index alone, which others may hold. */
const status = (folder: string, paths: readonly string[], run: Run) =>
  run('git', ['-C', folder, 'status', '--porcelain=v2', '-z', '--branch', '--untracked-files=normal', '--', ...paths], {
    env: { GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
    okCodes: [0, 128],
    timeoutMs: 20_000,
  })

/** Words before the path in each kind of line. */
const wordsBefore: Readonly<Record<string, number>> = { '1': 8, '2': 9, u: 10, '?': 1, '!': 1 }

/** Paths below the repository; of a renamed file, whose line is followed by it, the old one too. */
const changedIn = (stdout: string): readonly string[] =>
  stdout
    .split('\0')
    .filter((line) => line !== '' && !line.startsWith('# '))
    .map((line) => {
      const words = /^[12u?!] /.test(line) ? (wordsBefore[line.charAt(0)] ?? 0) : 0
      return line.split(' ').slice(words).join(' ')
    })

/** Whether one of the paths lies in the folder, or is a folder around it. */
const touches = (changed: readonly string[], folder: string): boolean => {
  const inside = folder === '' ? '' : `${folder.split(sep).join('/')}/`
  return changed.some((path) => `${path}/`.startsWith(inside) || (path.endsWith('/') && inside.startsWith(path)))
}
