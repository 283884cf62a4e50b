import { CommandError, type Run } from '../../core/run.ts'

export type GitState = { readonly commit: string; readonly dirty: boolean } | { readonly none: string }

/** The commit that a folder stands at (seven characters) and whether anything in `paths` differs from it; or why that cannot be told. */
export const gitState = async (folder: string, paths: readonly string[], run: Run): Promise<GitState> => {
  try {
    // One process for both answers. Without optional locks it leaves the index alone, which others may hold.
    const { stdout, stderr, code } = await run(
      'git',
      ['-C', folder, 'status', '--porcelain=v2', '--branch', '--untracked-files=normal', '--', ...paths],
      { env: { GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' }, okCodes: [0, 128], timeoutMs: 20_000 },
    )
    if (code !== 0) return { none: stderr.trim().split('\n')[0] ?? 'git status failed' }
    const commit = /^# branch\.oid (\w+)$/m.exec(stdout)?.[1]
    if (commit === undefined) return { none: 'the repository has no commit yet' }
    return {
      commit: commit.slice(0, 7),
      dirty: stdout.split('\n').some((line) => line !== '' && !line.startsWith('#')),
    }
  } catch (error) {
    if (error instanceof CommandError && error.code === 'command-missing') return { none: 'git is not installed' }
    throw error
  }
}
