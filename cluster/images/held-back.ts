import type { ContextFiles } from './context-hash.ts'
import type { ResolvedImage } from './images.ts'

/** What an image that is built here is made from, as it was read. */
export type BuildReading = {
  readonly files: ContextFiles
  readonly dockerfile: string
  readonly args: Readonly<Record<string, string>>
  /** Hash of all but the files. */
  readonly rest: string
}

/** Answers the image as it is to be deployed: itself, or what is deployed, where its files go into the containers that run it. Not asked of what others are built from. */
export type Hold = (image: ResolvedImage, reading: BuildReading) => Promise<ResolvedImage>
