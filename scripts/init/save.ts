import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { loadConfig } from '../../config/load.ts'
import { EnvironmentError, KindupError, stopReason, systemCode } from '../../core/errors.ts'
import { textAt } from '../../core/fields.ts'
import { putNew } from '../../core/put-new.ts'

type Saving = {
  readonly folder: string
  readonly file: string
  /** A person said that the file that is there may go. */
  readonly overwrite: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** Writes the file whole or not at all, and only if it is one that kindup takes. Throws EnvironmentError; a text that is not valid is a defect. */
export const save = async (text: string, { folder, file, overwrite, env, signal }: Saving): Promise<void> => {
  // Beside its place, because the paths in it start there.
  const draft = join(folder, `.kindup-${process.pid}.yaml`)
  try {
    await writeFile(draft, text, { flag: 'wx' })
    await checkDraft(draft, env)
    if (signal.aborted) throw stopReason(signal)
    if (overwrite) await rename(draft, file)
    else await putNew(draft, file)
  } catch (error) {
    const code = systemCode(error)
    if (code === 'EEXIST')
      throw new EnvironmentError('file-exists', `${file} has come up meanwhile; nothing was written.`)
    if (textAt(error, 'syscall') !== undefined)
      throw new EnvironmentError('file-write', `${file} cannot be written (${code}).`, {
        hints: [`ls -ld ${folder}`],
        cause: error,
      })
    throw error
  } finally {
    // Whatever went wrong before says more than this could.
    await rm(draft, { force: true }).catch(() => undefined)
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
