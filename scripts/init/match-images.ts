import { baseReferences } from '../../cluster/images/dockerfile.ts'
import type { Candidate } from './candidates.ts'
import { draftImage } from './draft.ts'
import { imageKey } from './draft-service.ts'
import type { Found, FoundImage } from './found.ts'
import { asWritten } from './paths.ts'
import { textOf } from './read-yaml.ts'
import { lastPart } from '../../cluster/reference.ts'
import { isPublicImage, repositoryOf } from './repository.ts'

/** Which of the images that can be built here a candidate runs, and the name that it has for each. */
export type Match = {
  readonly image: FoundImage
  readonly candidate: Candidate
  readonly repository: string | undefined
}

/** All that can be built: what another tool or a compose file says of a Dockerfile counts more than where the Dockerfile lies. */
export const imagesOf = ({ dockerfiles, compose, tools }: Found): readonly FoundImage[] => {
  const built = tools.flatMap(({ images }) => images)
  const byTools = new Set(built.map(fileOf))
  const all = [...built, ...(compose?.images ?? []).filter((image) => !byTools.has(fileOf(image)))]
  const composed = [...Map.groupBy(all, (image) => imageKey(draftImage(image, undefined))).values()].flatMap((same) => {
    const image = same.at(-1)
    // Several that are built from one Dockerfile are parts for it to play: its name is the one of its place.
    const own = dockerfiles.find((one) => image !== undefined && fileOf(one) === fileOf(image))
    const isOne = new Set(same.map(({ name }) => name)).size === 1
    return image === undefined ? [] : [own === undefined || isOne ? image : { ...image, name: own.name }]
  })
  const known = new Set(composed.map(fileOf))
  return [...composed, ...dockerfiles.filter((image) => !known.has(fileOf(image)))]
}

const fileOf = ({ context, file }: FoundImage): string =>
  file ?? (context === '.' ? 'Dockerfile' : `${context}/Dockerfile`)

/** Finds out which image runs where: by the names of images first, then by the names of what is deployed, then because nothing else is left. */
export const matchImages = (images: readonly FoundImage[], candidates: readonly Candidate[]): readonly Match[] => {
  const byName = matchNames(images, candidates)
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
  const isLast = lastImages.length === 1 && lastCandidates.length === 1
  // One that another tool calls by a name is no image of another name.
  const leftOver =
    isLast && image !== undefined && image.repository === undefined && candidate !== undefined
      ? only(candidate, image)
      : []
  return [...matched, ...leftOver]
}

/** By the names of images. A repository has one image: the one whose name fits best, then the one that lies nearest to what runs it. */
const matchNames = (images: readonly FoundImage[], candidates: readonly Candidate[]): readonly Match[] => {
  const all = images.flatMap((image) =>
    candidates.flatMap((candidate) => {
      const [best] = candidate.repositories
        .map((repository) => ({ image, candidate, repository, fit: fitOf(repository, image, images) }))
        .toSorted((a, b) => b.fit - a.fit)
      return best === undefined || best.fit === 0 ? [] : [best]
    }),
  )
  const chosen = new Map(
    [...Map.groupBy(all, ({ repository }) => repository)].map(([repository, some]) => {
      const [first] = some.toSorted((a, b) => b.fit - a.fit || nearness(b) - nearness(a))
      return [repository, first?.image]
    }),
  )
  return all
    .filter(({ image, repository }) => chosen.get(repository) === image)
    .map(({ image, candidate, repository }) => ({ image, candidate, repository }))
}

/** How well an image's name fits a repository: 3 it is said to be, 2 it is called so, 1 its name ends so, 0 not. */
const fitOf = (repository: string, image: FoundImage, images: readonly FoundImage[]): number => {
  if (repository === image.repository) return 3
  if (isPublicImage(repository)) return 0
  const name = lastPart(repository)
  return name === image.name ? 2 : endsIn(name, image, images) ? 1 : 0
}

/** Folders that an image and what runs it have in common. */
const nearness = ({ image, candidate }: Pick<Match, 'image' | 'candidate'>): number => {
  const own = asWritten(image.context).split('/')
  const other = candidate.from.split('/')
  const apart = own.findIndex((part, index) => part !== other[index])
  return apart < 0 ? own.length : apart
}

/** A repository is often called after the project and the service: `shop-web`, `shop_web`. */
const endsIn = (name: string, image: FoundImage, images: readonly FoundImage[]): boolean => {
  const isEnd = (own: string): boolean => name.endsWith(`-${own}`) || name.endsWith(`_${own}`)
  return (
    isEnd(image.name) &&
    !images.some((other) => other !== image && isEnd(other.name) && other.name.length > image.name.length)
  )
}

/** The image is the one that the candidate runs, if it runs one whose name could be anybody's. */
const only = (candidate: Candidate, image: FoundImage): readonly Match[] => {
  if ('chart' in candidate)
    return [{ image, candidate, repository: candidate.repositories.find((name) => !isPublicImage(name)) }]
  const own = candidate.repositories.filter((name) => !isPublicImage(name))
  return own.length === 1 ? [{ image, candidate, repository: own[0] }] : []
}

/** How the Dockerfile of another image calls one that is built here. */
export type Base = { readonly repository: string; readonly tag: string | undefined; readonly by: string }

/** Tags that official images have: with one of these, a common name is somebody else's image. */
const published = /^(?:v?\d|latest|stable|edge|lts|alpine|slim|bookworm|bullseye|buster|trixie|jammy|noble)/

/** Images of the folder that others of its images are built from, by what a build command or another tool calls them. */
export const basesOf = (found: Found): ReadonlyMap<FoundImage, Base> => {
  const images = imagesOf(found)
  const taken = images.flatMap((by) => {
    const path = fileOf(by)
    const file = found.files.find((one) => one.path === path)
    const all = file === undefined ? [] : baseReferences(textOf(file), by.args ?? {})
    return all.map((reference) => ({ by, path, reference }))
  })
  return new Map(
    images.flatMap((image): readonly (readonly [FoundImage, Base])[] =>
      taken
        .filter(({ by, reference }) => by !== image && isCalled(image, reference))
        .slice(0, 1)
        .map(({ path, reference }) => {
          const tag = tagOf(reference)
          return [image, { repository: repositoryOf(reference) ?? reference, tag, by: asWritten(path) }]
        }),
    ),
  )
}

const isCalled = ({ built, repository }: FoundImage, reference: string): boolean => {
  const called = repositoryOf(reference)
  if (called === undefined) return false
  const tag = tagOf(reference)
  const isOurs = tag !== undefined && !published.test(tag)
  if (called === repository) return tag === undefined || isOurs
  return built !== undefined && lastPart(called) === built.name && (tag === built.tag || isOurs)
}

const tagOf = (reference: string): string | undefined => /:([\w.-]+)$/.exec(reference)?.[1]
