import { replaceFile, stageFile, type ReplaceOptions, type StagedFile } from './replace-file.ts'

type Replacement = { readonly file: string; readonly before: string; readonly after: string }

/** What went wrong with which file, and those that could not be put back. */
export class NotReplaced extends Error {
  readonly file: string
  readonly left: readonly string[]

  constructor(file: string, left: readonly string[], cause: unknown) {
    super(`${file} was not replaced`, { cause })
    this.file = file
    this.left = left
  }
}

/**
 * Replaces all files or none. All new bytes are on the disk before the first file changes, but for files that are written in place:
 * those come first, so that a full disk is met while nothing else has changed. That a file is a bind mount shows only as its turn
 * comes: what was replaced before it is put back. Throws NotReplaced.
 */
export const replaceFiles = async (files: readonly Replacement[], options: ReplaceOptions = {}): Promise<void> => {
  const staged: (Replacement & StagedFile)[] = []
  const done: Replacement[] = []
  try {
    for (const one of files)
      try {
        staged.push({ ...one, ...(await stageFile(one.file, Buffer.from(one.after), options)) })
      } catch (error) {
        throw new NotReplaced(one.file, [], error)
      }
    for (const one of [...staged.filter(({ inPlace }) => inPlace), ...staged.filter(({ inPlace }) => !inPlace)])
      try {
        await one.commit()
        done.push(one)
      } catch (error) {
        throw new NotReplaced(one.file, await putBack(done, options), error)
      }
  } finally {
    for (const one of staged) await one.drop()
  }
}

/** Those that still have their new bytes. */
const putBack = async (done: readonly Replacement[], options: ReplaceOptions): Promise<readonly string[]> => {
  const left: string[] = []
  for (const { file, before } of done)
    await replaceFile(file, Buffer.from(before), options).catch(() => left.push(file))
  return left
}
