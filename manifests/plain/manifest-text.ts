import { readFile } from 'node:fs/promises'
import { messageOf, systemCode } from '../../core/errors.ts'
import { fileText, roughText } from '../../core/file-text.ts'
import type { Problem } from '../../core/problem.ts'
import { shown } from '../../core/shown-command.ts'

/** The text of a manifest as kubectl reads it, or what is wrong with the file. */
export const manifestText = async (file: string): Promise<string | Problem> => {
  const bytes = await readFile(file).catch((error: unknown) => unreadable(file, error))
  if (!Buffer.isBuffer(bytes)) return bytes
  return fileText(bytes) ?? noText(file, roughText(bytes))
}

const unreadable = (file: string, error: unknown): Problem => ({
  severity: 'error',
  message:
    systemCode(error) === 'ENOENT' || systemCode(error) === 'ELOOP'
      ? 'This leads nowhere: the file is not there.'
      : `This cannot be read: ${messageOf(error)}.`,
  at: { file },
  hint: shown('ls', ['-l', file]),
})

const noText = (file: string, rough: string): Problem => {
  const before = (rough.split('\uFFFD', 1)[0] ?? '').split('\n')
  return {
    severity: 'error',
    message: 'This is not UTF-8 text.',
    at: { file, line: before.length, column: (before.at(-1) ?? '').length + 1 },
    hint: 'Save it as UTF-8.',
  }
}
