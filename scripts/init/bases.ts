import type { Found, FoundImage } from './found.ts'
import { imagesOf } from './match-images.ts'
import { asWritten } from './paths.ts'
import { repositoryOf } from './repository.ts'
import { textOf } from './read-yaml.ts'

/** How the Dockerfile of another image calls one that is built here. */
export type Base = { readonly repository: string; readonly tag: string | undefined; readonly by: string }

/** Tags that official images have: with one of these, a common name is somebody else's image. */
const published = /^(?:v?\d|latest|stable|edge|lts|alpine|slim|bookworm|bullseye|buster|trixie|jammy|noble)/

/** Images of the folder that others of its images are built from, by what a build command calls them. */
export const basesOf = (found: Found): ReadonlyMap<FoundImage, Base> => {
  const images = imagesOf(found)
  return new Map(
    images.flatMap((image): readonly (readonly [FoundImage, Base])[] => {
      const { built } = image
      if (built === undefined) return []
      return images
        .filter((other) => other !== image)
        .flatMap((other) => {
          const path = other.file ?? (other.context === '.' ? 'Dockerfile' : `${other.context}/Dockerfile`)
          const file = found.files.find((one) => one.path === path)
          const from = file === undefined ? [] : [...textOf(file).matchAll(/^\s*FROM\s+(?:--\S+\s+)*(\S+)/gim)]
          return from.flatMap(([, reference = '']) => {
            const repository = repositoryOf(reference)
            const [, tag] = /:([\w.-]+)$/.exec(reference) ?? []
            const isCalled = repository?.slice(repository.lastIndexOf('/') + 1) === built.name
            const isIt = isCalled && (tag === built.tag || (tag !== undefined && !published.test(tag)))
            return repository !== undefined && isIt ? [[image, { repository, tag, by: asWritten(path) }] as const] : []
          })
        })
        .slice(0, 1)
    }),
  )
}
