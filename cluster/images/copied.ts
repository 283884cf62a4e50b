import { posix } from 'node:path'
import { Copy, DockerfileParser, From, JSONInstruction, type Instruction } from 'dockerfile-ast'
import { declared, flagOf, substituted } from './dockerfile.ts'
import { globRegex } from './dockerignore.ts'

/** Where a file of the build context is in the container; or why nobody can tell without building. */
export type Destinations = { readonly to: readonly string[] } | { readonly built: string }

type Copied = {
  readonly line: number
  readonly sources: readonly { readonly pattern: RegExp; readonly isGlob: boolean }[]
  /** Absolute; undefined where only the builder knows it. */
  readonly to: string | undefined
  readonly isFolder: boolean
  /** Why what it copies has to be built. */
  readonly built?: string
  /** It gives files an owner or a mode that only the builder can. */
  readonly given?: string
}

type Stage = { readonly name: string; readonly base: number | undefined; readonly instructions: Instruction[] }

/**
 * Reads from a Dockerfile where each file of its context comes to be: by the COPY lines of the stages that the image is,
 * those that no RUN follows. What another stage copies, or a RUN may have made something of, has to be built.
 */
export const copiedBy = (
  dockerfile: string,
  args: Readonly<Record<string, string>>,
  target?: string,
): ((path: string) => Destinations) => {
  const { stages, variables, chain, own } = ownOf(dockerfile, args, target)
  const elsewhere = stages.flatMap((stage, index) =>
    chain.includes(index)
      ? []
      : readChain(stage.instructions, args, variables).map((copy) => ({
          ...copy,
          built: `another stage copies it (line ${copy.line} of the Dockerfile)`,
        })),
  )
  const copies = [...elsewhere, ...own]
  return (path) => {
    const found = copies.flatMap((copy) => {
      const to = destinationOf(copy, path)
      return to === undefined ? [] : [{ ...copy, to }]
    })
    const built = found.find((copy) => copy.built !== undefined)?.built
    if (built !== undefined) return { built }
    if (found.length === 0) return { built: 'no COPY line of the Dockerfile names it' }
    return { to: [...new Set(found.map(({ to }) => to))] }
  }
}

/** Why a file has to be built wherever it comes to be: a COPY gives it an owner or a mode that what is synced does not get. */
export const givenBy = (
  dockerfile: string,
  args: Readonly<Record<string, string>>,
  target?: string,
): ((path: string) => string | undefined) => {
  const copies = ownOf(dockerfile, args, target).own.filter(({ given }) => given !== undefined)
  return (path) => copies.find((copy) => takes(copy, path))?.given
}

/** What the stages copy that the image is, the first base first. */
const ownOf = (dockerfile: string, args: Readonly<Record<string, string>>, target: string | undefined) => {
  const { stages, variables } = stagesOf(dockerfile, args)
  const last = target === undefined ? -1 : stages.findIndex(({ name }) => name === target.toLowerCase())
  const chain: number[] = []
  for (let at: number | undefined = last < 0 ? stages.length - 1 : last; at !== undefined && at >= 0;) {
    chain.unshift(at)
    at = stages[at]?.base
  }
  const instructions = chain.flatMap((index) => stages[index]?.instructions ?? [])
  return { stages, variables, chain, own: readChain(instructions, args, variables) }
}

export const stagesOf = (dockerfile: string, args: Readonly<Record<string, string>>) => {
  const stages: Stage[] = []
  const variables: Record<string, string> = {}
  for (const instruction of DockerfileParser.parse(dockerfile).getInstructions()) {
    const stage = stages.at(-1)
    if (instruction instanceof From) {
      const image = instruction.getImage()?.toLowerCase() ?? ''
      const base = stages.findIndex(({ name }) => name !== '' && name === image)
      const name = instruction.getBuildStage()?.toLowerCase() ?? ''
      stages.push({ name, base: base < 0 ? undefined : base, instructions: [] })
    } else if (stage) stage.instructions.push(instruction)
    else if (instruction.getKeyword() === 'ARG') Object.assign(variables, declared(instruction, args, variables))
  }
  return { stages, variables }
}

/** The files that the instructions copy from the context, in their order. */
export const readChain = (
  instructions: readonly Instruction[],
  args: Readonly<Record<string, string>>,
  outside: Readonly<Record<string, string>>,
): readonly Copied[] => {
  const variables: Record<string, string> = {}
  // That of the base image, which is not read: only what is absolute can be placed until it is said.
  let folder: string | undefined
  let copies: Copied[] = []
  const folders = new Set<string>()
  // What is synced belongs to whom the container runs as; that of a base image is not known.
  const runsAs = instructions
    .findLast((one) => one.getKeyword() === 'USER')
    ?.getRawArgumentsContent()
    ?.trim()
  for (const instruction of instructions) {
    const keyword = instruction.getKeyword()
    const line = instruction.getRange().start.line + 1
    if (keyword === 'ARG') Object.assign(variables, declared(instruction, { ...outside, ...args }, variables))
    else if (keyword === 'ENV') Object.assign(variables, declared(instruction, {}, variables))
    else if (keyword === 'WORKDIR') {
      folder = within(folder, known(instruction.getRawArgumentsContent() ?? '', variables))
      if (folder !== undefined) folders.add(folder)
    } else if (keyword === 'RUN')
      copies = copies.map((copy) => ({ built: `RUN follows it (line ${line} of the Dockerfile)`, ...copy }))
    else if ((keyword === 'COPY' || keyword === 'ADD') && instruction instanceof JSONInstruction) {
      if (instruction instanceof Copy && flagOf(instruction, 'from') !== undefined) continue
      const copy = copyOf(instruction, { line, folder, variables, folders, runsAs })
      if (copy) copies.push(copy)
      if (copy?.isFolder && copy.to !== undefined) folders.add(copy.to)
    }
  }
  return copies
}

type Around = {
  readonly line: number
  readonly folder: string | undefined
  readonly runsAs: string | undefined
  readonly variables: Readonly<Record<string, string>>
  /** Known to be folders of the image. */
  readonly folders: ReadonlySet<string>
}

const copyOf = (
  instruction: JSONInstruction,
  { line, folder, variables, folders, runsAs }: Around,
): Copied | undefined => {
  const json = instruction.getJSONStrings().map((one) => one.getJSONValue())
  const words = json.length > 0 ? json : instruction.getArguments().map((one) => one.getValue())
  const written = words.slice(0, -1).filter((word) => !word.startsWith('<<'))
  if (written.length === 0) return undefined
  const target = known(words.at(-1) ?? '', variables)
  const to = within(folder, target)
  const sources = written.map((word) => known(word, variables))
  const many = written.length > 1
  const isFolder = many || target === '.' || target?.endsWith('/') === true || (to !== undefined && folders.has(to))
  const odd = ['parents', 'exclude', 'chmod'].find((name) => flagOf(instruction, name) !== undefined)
  const isPacked = instruction.getKeyword() === 'ADD' && sources.some((one) => one === undefined || mayBeUnpacked(one))
  const where = `(line ${line} of the Dockerfile)`
  const owner = flagOf(instruction, 'chown')?.split(':', 1)[0]
  const given =
    flagOf(instruction, 'chmod') !== undefined
      ? `only the builder does --chmod ${where}`
      : owner !== undefined && owner !== runsAs?.split(':', 1)[0]
        ? `only the builder gives files to ${owner}, whom the container does not run as ${where}`
        : undefined
  const built =
    odd !== undefined
      ? `only the builder does --${odd} ${where}`
      : (given ??
        (isPacked
          ? `ADD may unpack it ${where}`
          : to === undefined || sources.includes(undefined)
            ? `only the builder knows where it goes: no WORKDIR, or a variable of the base image ${where}`
            : undefined))
  return {
    line,
    sources: sources.map((source) => sourceOf(source ?? '**')),
    to,
    isFolder,
    ...(built === undefined ? {} : { built }),
    ...(given === undefined ? {} : { given }),
  }
}

const mayBeUnpacked = (source: string): boolean =>
  /^[a-z+]+:\/\/|^git@|[*?[]|\.(?:tar|tgz|tbz2?|txz|gz|bz2|xz|zst)$/.test(source)

const sourceOf = (source: string): Copied['sources'][number] => {
  const clean = posix.normalize(`/${source}`).replace(/^\/+|\/+$/g, '')
  return { pattern: globRegex(clean), isGlob: /[*?[]/.test(clean) || clean === '' }
}

/** Whether a COPY names a file. */
export const takes = (copy: Copied, path: string): boolean => destinationOf(copy, path) !== undefined

/** Where a COPY puts a file; undefined where it names another one. */
const destinationOf = ({ sources, to = '', isFolder }: Copied, path: string): string | undefined => {
  const parts = path.split('/')
  for (const { pattern, isGlob } of sources)
    for (let count = 0; count <= parts.length; count++) {
      if (!pattern.test(parts.slice(0, count).join('/'))) continue
      if (count < parts.length) return posix.join(to, ...parts.slice(count))
      return isFolder || isGlob ? posix.join(to, parts.at(-1) ?? '') : to
    }
  return undefined
}

/** Undefined where a variable is nobody's here: it may be the base image's. */
const known = (text: string, variables: Readonly<Record<string, string>>): string | undefined => {
  for (const [, bare, braced] of text.matchAll(/\$(?:(\w+)|\{(\w+)\})/g))
    if (!Object.hasOwn(variables, bare ?? braced ?? '')) return undefined
  return substituted(text, variables)
}

const within = (folder: string | undefined, path: string | undefined): string | undefined => {
  if (path === undefined) return undefined
  const joined = posix.isAbsolute(path) ? path : folder === undefined ? undefined : posix.join(folder, path)
  return joined === undefined ? undefined : posix.normalize(joined).replace(/(.)\/+$/, '$1')
}
