import { relative } from 'node:path'
import type { ChalkInstance } from 'chalk'
import type { KindupError, Part } from '../errors.ts'
import { showPlace, type Place, type Problem } from '../problem.ts'

/** The one page that an error gets: what is wrong, where it stands, what to do. Of several causes each has its hints below it. */
export const errorPage = (error: KindupError, colour: ChalkInstance, cwd: string): string => {
  const hintLine = (hint: string): string => `  ${colour.cyan('→')} ${hint.replaceAll('\n', '\n    ')}`
  const shown = new Set<unknown>()
  const unshown = <T>(some: readonly T[]): readonly T[] => some.filter((one) => !shown.has(one) && shown.add(one))
  const linesOf = (problems: readonly Problem[]) =>
    unshown(problems).flatMap((problem) => problemLines(problem, colour, cwd))
  const causes: readonly Part[] = error.parts.length > 0 ? error.parts : [{ message: error.message, hints: [] }]
  return [
    ...causes.flatMap(({ message, hints, problems = [] }) => {
      const [first = '', ...more] = message.split('\n')
      return [
        `${colour.red('✗')} ${colour.bold(first)}`,
        ...more.map((line) => `  ${line}`),
        ...linesOf(problems),
        ...unshown(hints).map(hintLine),
      ]
    }),
    ...linesOf(error.problems),
    ...unshown(error.hints).map(hintLine),
  ].join('\n')
}

/** One problem: its place, its sentence, and what to do. */
export const problemLines = (problem: Problem, colour: ChalkInstance, cwd: string): string[] => {
  const { at, message, hint, severity, also } = problem
  // A flag as the place begins its sentence already.
  const place = at === undefined || message.startsWith(`${at.file}:`) ? '' : `${colour.dim(shortPath(at, cwd))} `
  return [
    `  ${severity === 'warning' ? colour.yellow('!') : colour.red('✗')} ${place}${shortened(message, cwd).replaceAll('\n', '\n    ')}`,
    ...(also && also.places.length > 0 ? [`    ${colour.dim(`also ${placesInWords(also.places, cwd)}`)}`] : []),
    ...(hint === undefined ? [] : [`    ${colour.cyan('→')} ${hint.replaceAll('\n', '\n      ')}`]),
  ]
}

/** `web.yaml:3:5, web.yaml:9:5, and 4 more` */
const placesInWords = (places: readonly Place[], cwd: string): string => {
  const shown = places.slice(0, most).map((at) => shortPath(at, cwd))
  return places.length > most ? `${shown.join(', ')}, and ${places.length - most} more` : shown.join(', ')
}

const most = 6

/** A warning as one text: where it stands, what it is, what to do. */
export const warningText = ({ at, message, hint, also }: Problem, cwd: string): string =>
  [
    at && `${shortPath(at, cwd)}:`,
    shortened(message, cwd),
    also && also.places.length > 0 ? `Also ${placesInWords(also.places, cwd)}.` : undefined,
    hint,
  ]
    .filter((part) => part !== undefined)
    .join(' ')

/** A place as it is shown to who stands in `cwd`. */
export const shortPath = (at: Place, cwd: string): string => showPlace(from(at, cwd))

/** A sentence with the files that it names as places are shown: those below the folder from there. */
const shortened = (text: string, cwd: string): string =>
  cwd === '/'
    ? text
    : text
        .split(/(?<=^|[\s("'`])(?=\/)/)
        .map((part) => (part.startsWith(`${cwd}/`) ? part.slice(cwd.length + 1) : part))
        .join('')

const from = (at: Place, cwd: string): Place => {
  const short = relative(cwd, at.file)
  return short === '' || short.startsWith('..') ? at : { ...at, file: short }
}
