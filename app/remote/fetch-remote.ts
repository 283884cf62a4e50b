import { access, chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { takeRunLock } from '../../cluster/run-lock.ts'
import type { RemoteAddress } from '../../config/remote-address.ts'
import { writeFileAtomic } from '../../core/atomic-write.ts'
import { ConfigError, EnvironmentError, messageOf } from '../../core/errors.ts'
import { hashOf } from '../../core/fingerprint.ts'
import { withoutLogin } from '../../core/mask/without-login.ts'
import { CommandError, type Run } from '../../core/run.ts'
import { refuseLinksOut, type Git } from './links-out.ts'

/** A repository as it is at one commit, in a folder of the cache. */
export type Checkout = {
  readonly address: RemoteAddress
  /** 40 hexadecimal digits. */
  readonly commit: string
  /** The same folder for every commit of an address: the mark of a cluster names the file. */
  readonly folder: string
  /** The remote did not answer: this is what was fetched last. */
  readonly isKept: boolean
}

type RunLock = Awaited<ReturnType<typeof takeRunLock>>

const isCommit = (text: string): boolean => /^[0-9a-f]{40}$/.test(text)
/** A fetch may take this long, in milliseconds. */
const fetchMs = 300_000
/** A remote that is asked only whether it has moved on has this long, in milliseconds. */
const askMs = 15_000

/** Where what was fetched of an address is kept. */
const remoteHome = ({ url, ref }: RemoteAddress, cache: string): string =>
  join(cache, 'remote', hashOf([url, ref ?? '']))

/** Keeps every other run from putting another commit there meanwhile: what was trusted is what is run. Throws `busy`. */
export const holdRemote = async (address: RemoteAddress, cache: string, command: string): Promise<RunLock> => {
  const home = remoteHome(address, cache)
  await mkdir(home, { recursive: true, mode: 0o700 })
  return takeRunLock(join(home, 'lock'), command)
}

/** Fetches a repository with git and checks out one commit of it; nothing in it is run. `hold` is taken while files of another commit are put there. Throws `remote`, ConfigError. */
export const fetchRemote = async (
  address: RemoteAddress,
  cache: string,
  run: Run,
  hold: () => Promise<RunLock> = () => Promise.resolve({ release: () => Promise.resolve() }),
): Promise<Checkout> => {
  const home = remoteHome(address, cache)
  const folder = join(home, 'files')
  const noted = join(home, 'commit')
  const { kept, commit, isKept } = await meantCommit(address, noted, run)
  if (commit === kept && (await isThere(folder))) return { address, commit, folder, isKept }
  await checkOut({ address, commit, home }, run, async (files) => {
    const held = await hold()
    try {
      await rm(noted, { force: true })
      await rm(folder, { recursive: true, force: true })
      await rename(files, folder)
      await writeFileAtomic(noted, `${commit}\n`)
    } finally {
      await held.release()
    }
  })
  return { address, commit, folder, isKept: false }
}

/**
 * The same with a folder for each commit: several runs may read several of them, and none is changed once it is there.
 * Throws `remote`, ConfigError.
 */
export const fetchCommit = async (address: RemoteAddress, cache: string, run: Run): Promise<Checkout> => {
  const noted = join(remoteHome(address, cache), 'included')
  const { kept, commit, isKept } = await meantCommit(address, noted, run)
  const home = remoteHome({ ...address, ref: `commit ${commit}` }, cache)
  const folder = join(home, 'files')
  if (!(await isThere(folder)))
    await checkOut({ address, commit, home }, run, async (files) => {
      // Another run may have been as fast: the same commit is the same files.
      await rename(files, folder).catch(async (error: unknown) => {
        if (!(await isThere(folder))) throw error
      })
    })
  if (commit !== kept && !isCommit(address.ref ?? '')) await writeFileAtomic(noted, `${commit}\n`)
  return { address, commit, folder, isKept }
}

/** The commit that an address means now, or meant when the remote answered last; `noted` is the file that knows. Throws `remote`, ConfigError. */
const meantCommit = async (
  address: RemoteAddress,
  noted: string,
  run: Run,
): Promise<{ readonly kept: string; readonly commit: string; readonly isKept: boolean }> => {
  const kept = (await readFile(noted, 'utf8').catch(() => '')).trim()
  if (address.ref !== undefined && isCommit(address.ref)) return { kept, commit: address.ref, isKept: false }
  const asked = await commitOf(address, gitOf(run, isCommit(kept) ? askMs : fetchMs))
  if (typeof asked === 'string') return { kept, commit: asked, isKept: false }
  if (!isCommit(kept)) throw unanswered(address, asked)
  return { kept, commit: kept, isKept: true }
}

const gitOf =
  (run: Run, timeoutMs = fetchMs) =>
  (args: readonly string[]) =>
    run('git', [...safe, ...args], { env: quiet, timeoutMs })

type Wanted = { readonly address: RemoteAddress; readonly commit: string; readonly home: string }

/** Fetches a commit into a folder of its own below `home`, and hands its files on. */
const checkOut = async (
  { address, commit, home }: Wanted,
  run: Run,
  put: (files: string) => Promise<void>,
): Promise<void> => {
  const git = gitOf(run)
  await mkdir(home, { recursive: true, mode: 0o700 })
  const beside = join(home, `new-${randomBytes(4).toString('hex')}`)
  try {
    const bare = join(beside, 'git')
    const files = join(beside, 'files')
    await mkdir(files, { recursive: true })
    await git(['init', '--quiet', '--bare', bare])
    await fetched(address, commit, (args) => git([`--git-dir=${bare}`, ...args]))
    await refuseLinksOut(commit, (args) => git([`--git-dir=${bare}`, ...args]))
    await git([`--git-dir=${bare}`, `--work-tree=${files}`, 'checkout', '--quiet', '--force', commit, '--', '.'])
    await markTopLevel(files, address)
    await chmod(files, 0o700)
    await put(files)
  } catch (error) {
    if (error instanceof CommandError && error.code === 'command-failed') throw unanswered(address, error)
    throw error
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
}

/** No hooks, no helpers of odd transports, no question: what git does by itself with somebody else's repository. */
const safe = [
  '-c',
  'core.hooksPath=/dev/null',
  '-c',
  'protocol.ext.allow=never',
  '-c',
  'core.fsmonitor=false',
  '-c',
  'submodule.recurse=false',
  '-c',
  'advice.detachedHead=false',
]
const quiet = { GIT_TERMINAL_PROMPT: '0', GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined }

/** Where the repository begins, and its address: Applications name both. Otherwise a repository that the cache lies in would be taken for it. */
const markTopLevel = async (files: string, { url }: RemoteAddress): Promise<void> => {
  await mkdir(join(files, '.git'), { recursive: true })
  const shown = withoutLogin(url).replaceAll(/["\\\s]/g, '')
  await writeFile(join(files, '.git/config'), `[remote "origin"]\n\turl = "${shown}"\n`)
}

/** The commit that a branch or tag is at now, or why nobody can tell. Throws ConfigError where there is none of that name. */
const commitOf = async ({ url, ref }: RemoteAddress, git: Git): Promise<string | EnvironmentError> => {
  const wanted = ref === undefined ? ['HEAD'] : [`refs/heads/${ref}`, `refs/tags/${ref}`, `refs/tags/${ref}^{}`]
  try {
    const lines = (await git(['ls-remote', '--quiet', '--', url, ...wanted])).stdout.trim().split('\n')
    const found = new Map(lines.map((line) => [line.slice(41), line.slice(0, 40)]))
    // A tag with a message is an object of its own, and names its commit with ^{}.
    const commit =
      found.get(`refs/tags/${ref}^{}`) ??
      found.get(`refs/tags/${ref}`) ??
      found.get(`refs/heads/${ref}`) ??
      found.get('HEAD')
    if (commit !== undefined && isCommit(commit)) return commit
  } catch (error) {
    if (error instanceof EnvironmentError) return error
    throw error
  }
  throw new ConfigError(`${withoutLogin(url)} has no branch or tag ${ref ?? 'to begin with'}.`, {
    code: 'config-missing',
    hints: [
      `git ls-remote ${withoutLogin(url)}`,
      'A commit is named by all of its 40 digits, a branch with a slash in its name by `//PATH?ref=a/b`.',
    ],
  })
}

/** Servers may give away a commit by itself; where one does not, all that leads to it is fetched. */
const fetched = async ({ url, ref }: RemoteAddress, commit: string, git: Git): Promise<void> => {
  try {
    await git(['fetch', '--quiet', '--depth=1', '--no-tags', '--', url, commit])
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 'command-failed') throw error
    await git([
      'fetch',
      '--quiet',
      '--tags',
      '--',
      url,
      ref === undefined || isCommit(ref) ? '+refs/heads/*:refs/heads/*' : ref,
    ])
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

const unanswered = ({ url }: RemoteAddress, error: unknown): EnvironmentError => {
  const said =
    error instanceof CommandError
      ? error.stderr
          .trim()
          .split('\n')
          .findLast((line) => /fatal|error|denied/i.test(line))
      : undefined
  return new EnvironmentError(
    'remote',
    `git gets nothing of ${withoutLogin(url)}: ${withoutLogin(said ?? messageOf(error))}`,
    {
      cause: error,
      hints: [`git ls-remote ${withoutLogin(url)}   # git's own logins are used: an agent, a credential helper`],
    },
  )
}

/** Where the file of an address is in its checkout. */
export const fileOf = ({ address, folder }: Checkout): string =>
  join(folder, ...address.path.split('/'), /\.(?:ya?ml|[cm]?[jt]s)$/.test(address.path) ? '' : 'kindup.yaml').replace(
    /\/$/,
    '',
  )

/** The folder of that file. */
export const folderOf = (checkout: Checkout): string => dirname(fileOf(checkout))
