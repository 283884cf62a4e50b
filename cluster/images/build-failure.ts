import { idOf } from '../../core/identity.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { CommandError } from '../../core/run.ts'
import { partsOf, sameRepository, sameTag } from '../reference.ts'
import type { ResolvedImage } from './images.ts'
import { takenImages } from './dockerfile.ts'

type Around = {
  /** The engine's program. */
  readonly engine: string
  /** All of the file. */
  readonly images: readonly ResolvedImage[]
}

/** The error of a build that failed: which step, its line in the Dockerfile, and the last lines that were printed. */
export const buildFailure = (
  image: ResolvedImage,
  dockerfile: string,
  error: CommandError,
  dependencies: Around,
): EnvironmentError => {
  const output = `${error.stdout}\n${error.stderr}`
  const base = missingBase(output)
  const named = base === undefined ? undefined : lineNaming(base, dockerfile)
  const { line, instruction } = failedStep(output, dockerfile)
  const at = { file: image.build?.file ?? '', ...placeIn(named ?? line) }
  const step = instruction === undefined ? '' : ` at \`${instruction}\``
  // Without a word about this image: others may stand on the same base, and it is said once.
  const message =
    base === undefined
      ? `Image ${image.key} could not be built: it failed${step}.\n${tail(output)}`
      : `The base image ${base} is not built from the file, not in ${dependencies.engine}, and cannot be pulled: ${refusal(output)}.`
  return new EnvironmentError('build-failed', message, {
    problems: [
      {
        message: `The build of ${image.key} failed here.`,
        at,
        severity: 'error',
        step: idOf({ kind: 'image', name: image.key }),
      },
    ],
    hints: [
      ...(base === undefined ? [] : baseHints(base, dependencies)),
      ...(/no space left on device/i.test(output)
        ? [`${dependencies.engine} system prune   # a disk is full: frees what no container uses`]
        : []),
      `Try it alone: ${error.command}`,
    ],
    cause: error,
  })
}

const placeIn = (line: number | undefined): { line?: number } => (line === undefined ? {} : { line })

const baseHints = (base: string, { engine, images }: Around): readonly string[] => {
  const kin = images.find(({ name, ref }) => ref !== undefined && sameRepository(name, partsOf(base).repository))
  return [
    kin
      ? `Image ${kin.key} of the file is ${kin.ref}: name it so in the Dockerfile, or without a tag.`
      : `Is the name right? An image of yours belongs under \`images:\`, with name: ${partsOf(base).repository}`,
    `${engine} pull ${base}   # once, after \`${engine} login\` where it is private`,
  ]
}

/**
 * Finds the step in what a builder printed: BuildKit marks the line (`3 | >>> RUN …`) or, an older one, only the step
 * (` > [2/3] RUN …:`); classic builders count (`Step 3/4 : RUN …`, `STEP 3/4: RUN …`) and stop at the one that failed.
 */
const failedStep = (
  output: string,
  dockerfile: string,
): { readonly line: number | undefined; readonly instruction: string | undefined } => {
  const lines = output.split('\n')
  const found = (pattern: RegExp): readonly (string | undefined)[] | undefined =>
    lines.map((text) => pattern.exec(text)).findLast((match) => match !== null) ?? undefined
  const marked = found(/^\s*(\d+)\s*\|\s*>>>\s?(.*)$/)
  if (marked) return { line: Number(marked[1]), instruction: marked[2]?.trim() }
  const [, instruction] =
    found(/^\s*> \[[^\]]*\] (.*):$/) ?? found(/^Step \d+\/\d+ : (.*)$/) ?? found(/^STEP \d+(?:\/\d+)?: (.*)$/) ?? []
  return { line: instruction === undefined ? undefined : lineOf(instruction.trim(), dockerfile), instruction }
}

/** The line where an instruction begins; builders print continued lines as one. Undefined unless one line fits. */
const lineOf = (instruction: string, dockerfile: string): number | undefined => {
  const wanted = words(instruction)
  const fitting = dockerfile
    .split(/\r?\n/)
    .flatMap((text, index) => (words(text) !== '' && wanted.startsWith(words(text)) ? [index + 1] : []))
  return fitting.length === 1 ? fitting[0] : undefined
}

const words = (text: string): string => text.replace(/\\$/, '').trim().replaceAll(/\s+/g, ' ')

/** Why a base image did not come, in the words of the builder or of the registry. */
const refusal = (output: string): string => {
  const lines = output.split('\n').map((line) => line.trim())
  const said = lines.find((line) => /^#\d+ ERROR: /.test(line)) ?? lines.findLast((line) => line !== '') ?? ''
  return said.replace(/^(#\d+ )?(ERROR: )?(failed to (solve|do request): )*/, '').replace(/\.$/, '')
}

const tail = (output: string): string =>
  output
    .replaceAll(/^DEPRECATED: The legacy builder[^\n]*\n(?: {12}[^\n]*\n)*/gm, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-12)
    .join('\n')

/**
 * The base image that a builder could not get. BuildKit looks all of them up before the first step (`[internal] load
 * metadata for …`); classic builders stop at the FROM itself, and the registry's words follow.
 */
const missingBase = (output: string): string | undefined => {
  const lookedUp = /^\s*> \[internal\] load metadata for (\S+?):$/m.exec(output)?.[1]
  if (lookedUp !== undefined) return familiar(lookedUp)
  const last = [...output.matchAll(/^step \d+(?:\/\d+)?\s?: (.*)$/gim)].at(-1)?.[1] ?? ''
  const [, from] = /^FROM\s+(?:--\S+\s+)*(\S+)/i.exec(last) ?? []
  const refused =
    /pull access denied|manifest (?:for \S+ not found|unknown)|no such host|connection refused|toomanyrequests|i\/o timeout|unauthorized|initializing source|Get "https?:/i
  return from !== undefined && refused.test(output) ? from : undefined
}

/** As people write it: BuildKit says every name in full. */
const familiar = (ref: string): string => ref.replace(/^docker\.io\/(?:library\/)?/, '')

/** The first line of a Dockerfile that names an image; undefined where a variable does. */
const lineNaming = (image: string, dockerfile: string): number | undefined =>
  takenImages(dockerfile, {}).find(({ reference }) => sameTag(reference, image))?.line
