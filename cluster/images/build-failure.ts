import { EnvironmentError } from '../../core/errors.ts'
import { CommandError } from '../../core/run.ts'
import type { ResolvedImage } from './images.ts'

type Failed = { readonly line: number | undefined; readonly instruction: string | undefined }

/** The error of a build that failed: which step of which Dockerfile, and the last lines it printed. */
export const buildFailure = (image: ResolvedImage, error: CommandError): EnvironmentError => {
  const output = `${error.stdout}\n${error.stderr}`
  const { line, instruction } = failedStep(output)
  const file = image.build?.file ?? ''
  const at = { file, ...(line === undefined ? {} : { line }) }
  const step = instruction === undefined ? '' : ` at \`${instruction}\``
  return new EnvironmentError(
    'build-failed',
    `Image ${image.key} could not be built: it failed${step}.\n${tail(output)}`,
    {
      problems: [
        { message: `The build of ${image.key} failed here.`, at, severity: 'error', step: `image/${image.key}` },
      ],
      hints: [`Try it alone: ${error.command}`],
      cause: error,
    },
  )
}

/** Finds the step in what BuildKit (`Dockerfile:3`, `>>>`) or a classic builder (`Step 3/4 : RUN …`) printed. */
const failedStep = (output: string): Failed => {
  const lines = output.split('\n')
  const marked = lines.map((text) => /^\s*(\d+)\s*\|\s*>>>\s?(.*)$/.exec(text)).find((match) => match !== null)
  if (marked) return { line: Number(marked[1]), instruction: marked[2]?.trim() }
  const place = lines.map((text) => /^\S*[Dd]ockerfile\S*:(\d+)$/.exec(text.trim())).find((match) => match !== null)
  const classic = lines
    .map((text) => /^STEP \d+(?:\/\d+)?: (.*)$|^Step \d+\/\d+ : (.*)$/.exec(text))
    .findLast((match) => match !== null)
  return { line: place ? Number(place[1]) : undefined, instruction: (classic?.[1] ?? classic?.[2])?.trim() }
}

const tail = (output: string): string =>
  output
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-12)
    .join('\n')
