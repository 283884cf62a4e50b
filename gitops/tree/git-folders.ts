import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Where git keeps what it knows of a working tree (`own`: its index) and of the whole repository (`common`); undefined where there is none. */
export const gitFolders = (root: string): { readonly own?: string; readonly common?: string } => {
  const git = join(root, '.git')
  try {
    if (statSync(git).isDirectory()) return { own: git, common: git }
    // Of a worktree or a submodule it is a file that says where the rest is.
    const own = resolve(root, /^gitdir:\s*(.+)$/m.exec(readFileSync(git, 'utf8'))?.[1]?.trim() ?? '.git')
    const common = join(own, 'commondir')
    return { own, common: existsSync(common) ? resolve(own, readFileSync(common, 'utf8').trim()) : own }
  } catch {
    return {}
  }
}
