import type { Candidate } from './candidates.ts'
import type { Found, FoundImage } from './found.ts'
import { isPublicImage, lastPart } from './repository.ts'

/** Which of the images that can be built here a candidate runs, and the name that it has for each. */
export type Match = {
  readonly image: FoundImage
  readonly candidate: Candidate
  readonly repository: string | undefined
}

/** All that can be built: what a compose file says of a Dockerfile counts more than where the Dockerfile lies. */
export const imagesOf = ({ dockerfiles, compose }: Found): readonly FoundImage[] => {
  const composed = [
    ...new Map((compose?.images ?? []).map((image) => [`${fileOf(image)} ${image.target ?? ''}`, image])).values(),
  ]
  const known = new Set(composed.map(fileOf))
  return [...composed, ...dockerfiles.filter((image) => !known.has(fileOf(image)))]
}

const fileOf = ({ context, file }: FoundImage): string =>
  file ?? (context === '.' ? 'Dockerfile' : `${context}/Dockerfile`)

/** Finds out which image runs where: by the names of images first, then by the names of what is deployed, then because nothing else is left. */
export const matchImages = (images: readonly FoundImage[], candidates: readonly Candidate[]): readonly Match[] => {
  const byName = images.flatMap((image) =>
    candidates.flatMap((candidate): readonly Match[] => {
      const repository = candidate.repositories.find(
        (name) => name === image.repository || (!isPublicImage(name) && isCalled(lastPart(name), image, images)),
      )
      return repository === undefined ? [] : [{ image, candidate, repository }]
    }),
  )
  const isFree = (candidate: Candidate): boolean => !byName.some((match) => match.candidate === candidate)
  const left = images.filter((image) => !byName.some((match) => match.image === image))
  const byPurpose = left.flatMap((image) =>
    candidates
      .filter((candidate) => isFree(candidate) && candidate.name === image.name)
      .flatMap((candidate) => only(candidate, image)),
  )
  const matched = [...byName, ...byPurpose]
  const lastImages = images.filter((image) => !matched.some((match) => match.image === image))
  const lastCandidates = candidates.filter((candidate) => !matched.some((match) => match.candidate === candidate))
  const [image, candidate] = [lastImages[0], lastCandidates[0]]
  const leftOver =
    image !== undefined && candidate !== undefined && lastImages.length === 1 && lastCandidates.length === 1
      ? only(candidate, image)
      : []
  return [...matched, ...leftOver]
}

/** A repository is often called after the project and the service: `shop-web`. */
const isCalled = (name: string, image: FoundImage, images: readonly FoundImage[]): boolean =>
  name === image.name ||
  (name.endsWith(`-${image.name}`) &&
    !images.some(
      (other) => other !== image && name.endsWith(`-${other.name}`) && other.name.length >= image.name.length,
    ))

/** The image is the one that the candidate runs, if it runs one whose name could be anybody's. */
const only = (candidate: Candidate, image: FoundImage): readonly Match[] => {
  if ('chart' in candidate)
    return [{ image, candidate, repository: candidate.repositories.find((name) => !isPublicImage(name)) }]
  const own = candidate.repositories.filter((name) => !isPublicImage(name))
  return own.length === 1 ? [{ image, candidate, repository: own[0] }] : []
}
