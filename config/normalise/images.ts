import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { BuildConfig, ImageConfig } from '../config.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import { imageRefTrouble } from '../parse/image-ref.ts'
import { atHome } from '../../core/paths.ts'
import type { FileConfig, FileImage } from '../schema/file.ts'
import type { Scope } from './scope.ts'

/** `images` and the images of services, under one kind of key. */
export const normaliseImages = (file: FileConfig, scope: Scope): readonly ImageConfig[] => {
  const own = Object.entries(file.images ?? {}).map(([key, image]) =>
    normaliseImage(key, image, ['images', key], scope),
  )
  const ofServices = Object.entries(file.services ?? {}).flatMap(([key, { image }]) => {
    if (image === undefined) return []
    const path = ['services', key, 'image']
    if (Object.hasOwn(file.images ?? {}, key)) {
      scope.findings.error({
        path,
        key: true,
        message: `${showPath(path)} is short for images.${key}, which the file has too.`,
        hint: 'Keep one of the two.',
      })
    }
    return [normaliseImage(key, image, path, scope)]
  })
  return [...own, ...ofServices]
}

const normaliseImage = (key: string, image: FileImage, path: Path, scope: Scope): ImageConfig => {
  const { build, ref, tag } = image
  const complain = (last: string | undefined, message: string, hint: string): void =>
    scope.findings.error({
      path: last === undefined ? path : [...path, last],
      key: true,
      message: `${showPath(path)} ${message}`,
      hint,
    })
  if (build === undefined && ref === undefined && scope.findings.intact(path)) {
    complain(undefined, 'says neither what to build nor what to run.', 'Add build: ./folder, or ref: repository:tag')
  } else if (build === undefined && tag !== undefined) {
    complain('tag', 'has a tag, and nothing is built.', 'Write the tag into ref.')
  }
  const trouble = ref === undefined || ref === '' ? undefined : imageRefTrouble(ref)
  if (trouble !== undefined) {
    complain(
      'ref',
      `has the ref ${JSON.stringify(ref)}, which is no image reference: ${trouble}.`,
      'For example: repository:tag',
    )
  }
  return {
    key,
    name: image.name ?? key,
    ...(build === undefined ? {} : { build: normaliseBuild(build, scope) }),
    ...(ref === undefined ? {} : { ref }),
    tag: tag ?? 'hash',
  }
}

const normaliseBuild = (build: NonNullable<FileImage['build']>, { folder, env }: Scope): BuildConfig => {
  const { args, context, file, secrets, ...rest } = typeof build === 'string' ? { context: build } : { ...build }
  const absolute = resolve(folder, context)
  return {
    ...rest,
    context: absolute,
    file: file === undefined ? join(absolute, 'Dockerfile') : eitherOf(resolve(folder, file), resolve(absolute, file)),
    args: args ?? {},
    ...(secrets === undefined
      ? {}
      : {
          secrets: Object.entries(secrets).map(([id, from]) =>
            typeof from === 'object' ? { id, env: from.env } : { id, file: resolve(folder, atHome(from, env)) },
          ),
        }),
  }
}

/** Paths start at the file's folder; Compose, Skaffold and people mean the context: what is there alone is meant. */
const eitherOf = (beside: string, inContext: string): string =>
  !existsSync(beside) && existsSync(inContext) ? inContext : beside

/** Puts `--image NAME=ref` in the place of what the file says; returns the names that no image has. */
export const overrideImages = (
  images: readonly ImageConfig[],
  flags: readonly string[],
  refuse: (flag: string, message: string, hint?: string) => void,
): readonly ImageConfig[] => {
  let result = images
  for (const flag of flags) {
    const equals = flag.indexOf('=')
    const key = flag.slice(0, Math.max(equals, 0))
    if (equals < 1) {
      refuse(flag, 'this is not NAME=ref')
    } else if (images.some((image) => image.key === key)) {
      const trouble = imageRefTrouble(flag.slice(equals + 1))
      if (trouble !== undefined) refuse(flag, trouble, `For example: --image ${key}=example/${key}:1.2.3`)
      result = result.map((image) => {
        if (image.key !== key) return image
        const { build: _build, ...rest } = image
        return { ...rest, ref: flag.slice(equals + 1) }
      })
    } else {
      refuse(flag, `no image or service with an image is called ${JSON.stringify(key)}`)
    }
  }
  return result
}
