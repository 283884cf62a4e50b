import { partsOf } from '../reference.ts'

/**
 * What an image with a digest is called in an engine that got it from an archive: those keep no digest of a registry. Undefined for a
 * reference without one, which an archive keeps as it is.
 */
export const standInFor = (ref: string): string | undefined => {
  const { repository, tag, digest } = partsOf(ref)
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest ?? '')?.[1]
  return hex === undefined ? undefined : `${repository}:${tag === undefined ? '' : `${tag.slice(0, 50)}-`}sha256-${hex}`
}
