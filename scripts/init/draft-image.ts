import type { DraftImage } from './draft.ts'
import type { FoundImage } from './found.ts'
import { asWritten } from './paths.ts'

/** An image as the file describes it. */
export const draftImage = ({ context, file, target }: FoundImage, repository: string | undefined): DraftImage => ({
  name: repository,
  context: asWritten(context),
  ...(file === undefined ? {} : { file: asWritten(file) }),
  ...(target === undefined ? {} : { target }),
})
