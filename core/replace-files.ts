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
 * Replaces all files or none. All new bytes are on the disk before the first file changes: what a full disk refuses is refused while
 * everything is as it was. Throws NotReplaced.
 */
export const replaceFiles = async (files: readonly Replacement[], options: ReplaceOptions = {}): Promise<void> => {
  const staged: StagedFile[] = []
  const done: Replacement[] = []
  try {
    for (const { file, after } of files)
      try {
        staged.push(await stageFile(file, Buffer.from(after), options))
      } catch (error) {
        throw new NotReplaced(file, [], error)
      }
    for (const [index, one] of files.entries())
      try {
        await staged[index]?.commit()
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
