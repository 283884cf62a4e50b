import { idOf } from '../../core/identity.ts'
import { readFile, stat } from 'node:fs/promises'
import type { BuildConfig, Config, ImageConfig } from '../../config/config.ts'
import { ConfigError } from '../../core/errors.ts'
import { hashOf } from '../../core/fingerprint.ts'
import type { Problem } from '../../core/problem.ts'
import type { Run } from '../../core/run.ts'
import { contextFiles, contextInputs, hashOfContext, ignoredIn, type KnownFiles } from './context-hash.ts'
import type { Hold } from './held-back.ts'
import type { ResolvedImage } from './images.ts'
import { partsOf, sameRepository } from '../reference.ts'
import { makeAskGit } from './git-state.ts'
import { gitOf, tagOf, versionFiles } from './tag.ts'

export type ResolveOptions = {
  readonly run: Run
  /** DOCKER_DEFAULT_PLATFORM decides what is built where the file does not. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** What an earlier look of the same run found in the contexts. */
  readonly known?: KnownFiles
  /** Told when a tag could not be made as asked and another one stands in. */
  readonly warn?: (text: string) => void
  /** Has an image stay as it was, though its files changed: they go into the containers that run it. */
  readonly hold?: Hold
}

/** An image that is built here, its Dockerfile read. */
type Built = {
  readonly image: ImageConfig
  readonly build: BuildConfig
  readonly dockerfile: string
  readonly references: readonly string[]
}

/**
 * Decides the reference of every image of the file, and hashes what each is made from. Reads files and git only: no
 * engine. Throws ConfigError with every problem at once.
 */
export const resolveImages = async (config: Config, options: ResolveOptions): Promise<ResolvedImage[]> => {
  const problems: Problem[] = []
  const wrong = (key: string, part: readonly string[], message: string, hint?: string): void => {
    const at = config.at([...pathOf(config, key), ...part])
    problems.push({
      message,
      at,
      severity: 'error',
      step: idOf({ kind: 'image', name: key }),
      ...(hint === undefined ? {} : { hint }),
    })
  }
  const read = await Promise.all(config.images.map((image) => readBuilt(image, wrong)))
  const built = read.filter((one) => one !== undefined)
  const candidates = new Map(
    built.map(({ image, references }) => [
      image.key,
      built
        .filter((other) => other.image !== image && references.some((reference) => mayMean(reference, other.image)))
        .map((other) => other.image.key),
    ]),
  )
  const round = roundIn(candidates)
  if (round) wrong(round[0] ?? '', ['build'], `Images are built from each other: ${round.join(' from ')}.`)
  const stop = (): void => {
    if (problems.length === 0) return
    // They are looked at at the same time, and told in the order of the file.
    const order = config.images.map(({ key }) => idOf({ kind: 'image', name: key }))
    throw new ConfigError('The images of the file cannot be made as it stands.', {
      problems: problems.toSorted((a, b) => order.indexOf(a.step ?? '') - order.indexOf(b.step ?? '')),
    })
  }
  stop()

  const askGit = makeAskGit(options.run)
  const underWay = new Map<string, Promise<ResolvedImage>>()
  const make = (one: Built): Promise<ResolvedImage> => {
    const { key } = one.image
    const promise = underWay.get(key) ?? makeOne(one)
    underWay.set(key, promise)
    return promise
  }
  const makeOne = async ({ image, build, dockerfile, references }: Built): Promise<ResolvedImage> => {
    const possible = built.filter((other) => candidates.get(image.key)?.includes(other.image.key))
    const ignored = ignoredIn(build.context, build.file)
    const [files, madeFrom, git, ...possibleBases] = await Promise.all([
      contextFiles(build.context, build.file, options.known, ignored),
      contextInputs(build.context, build.file, ignored),
      gitOf(image, build, askGit),
      ...possible.map(make),
    ])
    const byName = possible.flatMap((other) =>
      references
        .filter((reference) => meansByName(reference, other.image))
        .map((reference) => ({ key: other.image.key, reference })),
    )
    const bases = possibleBases.filter(
      (other) => byName.some(({ key }) => key === other.key) || references.some((reference) => means(reference, other)),
    )
    const others = {
      dockerfile,
      args: build.args,
      target: build.target ?? '',
      platform: build.platform ?? options.env['DOCKER_DEFAULT_PLATFORM'] ?? '',
      bases: bases.map((base) => [base.key, base.inputs]),
    }
    const inputs = hashOf({ files: hashOfContext(files), ...others })
    const made = await tagOf(image, build, inputs, { git, folder: config.folder, warn: options.warn })
    if ('problem' in made) wrong(image.key, ['tag'], made.problem, made.hint)
    const tag = 'problem' in made ? 'unknown' : made.tag
    const resolved: ResolvedImage = {
      ...bare(image, config),
      ref: `${image.name}:${tag}`,
      repository: image.name,
      tag,
      inputs,
      madeFrom: [
        ...madeFrom,
        ...versionFiles(image, build, config.folder).map((path) => ({ path })),
        ...bases.flatMap((base) => base.madeFrom ?? []),
      ],
      build,
      bases: bases.map(({ key }) => key),
      ...(byName.length > 0 ? { basesByName: byName } : {}),
    }
    const isBase = [...candidates.values()].some((keys) => keys.includes(image.key))
    if (isBase || !options.hold) return resolved
    return options.hold(resolved, { files, dockerfile, args: build.args, rest: hashOf(others) })
  }
  const resolved = await Promise.all(
    config.images.map((image) => {
      const one = built.find((candidate) => candidate.image === image)
      return one ? make(one) : Promise.resolve(given(image, config))
    }),
  )
  stop()
  return resolved
}

const readBuilt = async (
  image: ImageConfig,
  wrong: (key: string, part: readonly string[], message: string) => void,
): Promise<Built | undefined> => {
  const { key, build, ref } = image
  if (!build || (ref !== undefined && ref !== '')) return undefined
  const [dockerfile, isFolder] = await Promise.all([
    readFile(build.file, 'utf8').catch(() => undefined),
    stat(build.context).then(
      (found) => found.isDirectory(),
      () => false,
    ),
  ])
  if (!isFolder) wrong(key, ['build'], `There is no folder ${build.context} to build image ${key} from.`)
  else if (dockerfile === undefined)
    wrong(key, ['build'], `There is no Dockerfile ${build.file} to build image ${key} with.`)
  else {
    // The parser takes some 20 ms to load: only where something is built.
    const { baseReferences } = await import('./dockerfile.ts')
    return { image, build, dockerfile, references: baseReferences(dockerfile, build.args) }
  }
  return undefined
}

/** An override, or nothing at all: the manifests' own reference stays. */
const given = (image: ImageConfig, config: Config): ResolvedImage => {
  const { ref } = image
  if (ref === undefined || ref === '') return { ...bare(image, config), inputs: hashOf(image.name) }
  const { repository, tag } = partsOf(ref)
  // Charts put repository and tag together: what comes out must be found again, also where the reference has a digest only.
  return { ...bare(image, config), ref, repository, tag: tag ?? 'latest', inputs: hashOf(ref) }
}

const bare = ({ key, name }: ImageConfig, config: Config) => ({
  key,
  name,
  ref: undefined,
  repository: undefined,
  tag: undefined,
  at: config.at(pathOf(config, key)),
})

/** Where an image stands in the file: `service.image` is short for an image of the service's name. */
/** Where the file has an image. */
export const pathOf = (config: Config, key: string): readonly (string | number)[] =>
  config.services.some(({ name }) => name === key) ? ['services', key, 'image'] : ['images', key]

/** Tags that are worked out here; any other is the text itself. */
const workedOut = ['git', 'version', 'hash']

/** Whether a Dockerfile's reference may mean an image that is built here; for a tag that is worked out, only its name tells yet. */
const mayMean = (reference: string, { name, tag, build, ref }: ImageConfig): boolean => {
  const parts = partsOf(reference)
  if (!build || (ref !== undefined && ref !== '') || !sameRepository(parts.repository, name)) return false
  return workedOut.includes(tag) || tag === (parts.tag ?? 'latest')
}

/** Whether a Dockerfile's reference is this very image. */
const means = (reference: string, image: { readonly name: string; readonly tag: string | undefined }): boolean => {
  const { repository, tag } = partsOf(reference)
  return sameRepository(repository, image.name) && image.tag === (tag ?? 'latest')
}

/**
 * Whether a Dockerfile's reference means an image of the file by its name alone: its tag is worked out here, so that
 * nobody could write it there.
 */
const meansByName = (reference: string, { name, tag }: Pick<ImageConfig, 'name' | 'tag'>): boolean => {
  const parts = partsOf(reference)
  const open = parts.digest === undefined && (parts.tag === undefined || parts.tag === 'latest')
  return workedOut.includes(tag) && open && sameRepository(parts.repository, name)
}

/** Keys that lead from one image back to itself, the first one again at the end; undefined when none does. */
const roundIn = (basesOf: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined => {
  const done = new Set<string>()
  const visit = (key: string, chain: readonly string[]): readonly string[] | undefined => {
    if (chain.includes(key)) return [...chain.slice(chain.indexOf(key)), key]
    if (done.has(key)) return undefined
    for (const base of basesOf.get(key) ?? []) {
      const round = visit(base, [...chain, key])
      if (round) return round
    }
    done.add(key)
    return undefined
  }
  for (const key of basesOf.keys()) {
    const round = visit(key, [])
    if (round) return round
  }
  return undefined
}
