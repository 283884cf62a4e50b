import { existsSync, watch, type FSWatcher } from 'node:fs'
import { basename, join, sep } from 'node:path'
import process from 'node:process'
import { EnvironmentError, systemCode } from '../errors.ts'
import { foldersOf, type Watched } from './folders.ts'
import type { Input } from './inputs.ts'
import { isPassing } from './passing.ts'
import { shown } from '../shown-command.ts'

export type FileWatch = {
  /**
   * Watches these inputs from now on and no others, new folders below them included; what has changed since is told.
   * Answers whether anything is watched that was not before. Throws `watch-limit`.
   */
  follow(inputs: readonly Input[]): Promise<boolean>
  close(): void
}

type Open = Watched & { readonly watcher: FSWatcher }

/** macOS and Windows watch trees in the kernel; Linux has one watch a folder. */
const watchesTrees = (platform: string): boolean => platform === 'darwin' || platform === 'win32'

/** Calls `changed` with the absolute path of whatever of the inputs is written, made or deleted: a hint to look, no more. */
export const watchFiles = (
  changed: (path: string) => void,
  { root, deep = watchesTrees(process.platform) }: { readonly root: string; readonly deep?: boolean },
): FileWatch => {
  const open = new Map<string, Open>()
  const close = (folder: string): void => {
    open.get(folder)?.watcher.close()
    open.delete(folder)
  }
  const closeBelow = (path: string): void => {
    for (const folder of open.keys()) if (folder === path || folder.startsWith(path + sep)) close(folder)
  }
  const start = (watched: Watched): void => {
    const { folder } = watched
    const watcher = watch(folder, { recursive: watched.deep, persistent: true })
    watcher.on('change', (event, name) => {
      const path = name === null ? folder : join(folder, String(name))
      // A folder that is deleted or moved away tells its own name.
      const isSelf = name === null || (name === basename(folder) && !existsSync(path))
      // One that went may be there again, as another one: a watch stays with the first.
      if (event === 'rename') closeBelow(isSelf ? folder : path)
      if (isSelf) changed(folder)
      // Looked up: what counts in the folder may be more by now.
      else if (open.get(folder)?.counts(path) && !isPassing(basename(path))) changed(path)
    })
    // Windows says so when the folder itself is deleted.
    watcher.on('error', () => {
      close(folder)
      changed(folder)
    })
    open.set(folder, { ...watched, watcher })
  }
  return {
    close: () => [...open.keys()].forEach(close),
    async follow(inputs) {
      let more = false
      // Once more after what was new: a folder made in it before it was watched was told by nobody.
      while (await take(await foldersOf(inputs, { root, deep }))) more = true
      return more
    },
  }

  async function take(folders: readonly Watched[]): Promise<boolean> {
    const wanted = new Map(folders.map((one) => [one.folder, one]))
    for (const [folder, { deep: whole }] of open) if (wanted.get(folder)?.deep !== whole) close(folder)
    let started = false
    for (const watched of folders) {
      const known = open.get(watched.folder)
      if (known) open.set(watched.folder, { ...known, ...watched })
      else
        try {
          start(watched)
          started = true
        } catch (error) {
          // Gone again in between: its own folder tells when it comes back.
          if (systemCode(error) !== 'ENOENT') throw unwatchable(error, watched.folder)
        }
    }
    return started
  }
}

const unwatchable = (error: unknown, folder: string): unknown => {
  const code = systemCode(error)
  if (code === 'ENOSPC')
    return new EnvironmentError('watch-limit', `${folder} cannot be watched: this system allows no more watches.`, {
      hints: ['sudo sysctl fs.inotify.max_user_watches=524288', 'Folders that a .dockerignore leaves out need none.'],
      cause: error,
    })
  if (code === 'EMFILE' || code === 'ENFILE')
    return new EnvironmentError('watch-limit', `${folder} cannot be watched: too many programs of yours watch files.`, {
      hints: ['sudo sysctl fs.inotify.max_user_instances=512'],
      cause: error,
    })
  if (code === 'EACCES' || code === 'EPERM')
    return new EnvironmentError('watch-denied', `${folder} may not be read, and so it cannot be watched.`, {
      hints: [shown('ls', ['-ld', folder])],
      cause: error,
    })
  return error
}
