import process from 'node:process'
import { existsSync, lstatSync, statSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { loadConfig } from '../../config/load.ts'
import { EnvironmentError, systemCode, KindupError, stopReason, usageError } from '../../core/errors.ts'
import { textAt } from '../../core/fields.ts'
import { putNew } from '../../core/put-new.ts'
import { whyUnwritten } from '../../core/full-disk.ts'
import { shown } from '../../core/shown-command.ts'

/** Whether the file is there already, in a folder that is. Throws ConfigError for what is no folder, EnvironmentError for what could never become a file. */
export const isOccupied = (folder: string, file: string): boolean => {
  const place = typeAt(folder)
  if (place !== 'folder')
    throw usageError(
      place === undefined ? `There is no folder ${folder}.` : `${folder} is no folder.`,
      '`kindup init --dir DIR` takes the folder that the file is for, and is written into.',
    )
  const found = typeAt(file)
  if (found === 'folder') throw new EnvironmentError('file-exists', `${file} is there already, and is a folder.`)
  if (found === 'link') throw new EnvironmentError('file-exists', `${file} is there already, as a link to nothing.`)
  return found === 'file'
}

const typeAt = (path: string): 'file' | 'folder' | 'link' | undefined => {
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined
    return !existsSync(path) ? 'link' : statSync(path).isDirectory() ? 'folder' : 'file'
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOTDIR') return undefined
    throw new EnvironmentError('file-read', `${path} cannot be looked at (${code}).`, { cause: error })
  }
}

type Saving = {
  readonly folder: string
  readonly file: string
  /** What is written with it: paths from the folder. None of them is there yet. */
  readonly files: readonly { readonly path: string; readonly text: string }[]
  /** A person said that the file that is there may go. */
  readonly overwrite: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** Writes the files whole or not at all, and only if kindup takes them. Throws EnvironmentError; a text that is not valid is a defect. */
export const save = async (text: string, { folder, file, files, overwrite, env, signal }: Saving): Promise<void> => {
  // Beside its place, because the paths in it start there.
  const draft = join(folder, `.kindup-${process.pid}.yaml`)
  // What was made, to be taken away again unless all is well: folders and files.
  const made: string[] = []
  try {
    for (const { path, text: content } of files) {
      const full = join(folder, path)
      made.unshift(...[await mkdir(dirname(full), { recursive: true })].filter((one) => one !== undefined))
      await writeFile(full, content, { flag: 'wx' })
      made.unshift(full)
    }
    await writeFile(draft, text, { flag: 'wx' })
    await checkDraft(draft, env)
    if (signal.aborted) throw stopReason(signal)
    if (overwrite) await rename(draft, file)
    else await putNew(draft, file)
    made.length = 0
  } catch (error) {
    const code = systemCode(error)
    const place = textAt(error, 'path') ?? file
    if (code === 'EEXIST')
      throw new EnvironmentError('file-exists', `${place} has come up meanwhile; nothing was written.`)
    if (textAt(error, 'syscall') !== undefined)
      throw new EnvironmentError(
        'file-write',
        `${place === draft ? file : place} cannot be written (${whyUnwritten(folder, error, true)}).`,
        {
          hints: [shown('ls', ['-ld', folder])],
          cause: error,
        },
      )
    throw error
  } finally {
    // Whatever went wrong before says more than this could.
    for (const one of [draft, ...made]) await rm(one, { force: true, recursive: true }).catch(() => undefined)
  }
}

const checkDraft = async (file: string, env: Saving['env']): Promise<void> => {
  try {
    await loadConfig({ file, cwd: '/', env })
  } catch (error) {
    const problems = error instanceof KindupError ? error.problems : []
    const said = problems.map(({ message, at }) => `${at === undefined ? '' : `line ${at.line}: `}${message}`)
    throw new Error(`What was to be written is no valid configuration.\n${said.join('\n')}`, { cause: error })
  }
}
