import { shortPath } from '../../core/print/error-page.ts'
import { KindupError, messageOf } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import type { Cause } from './page.ts'

/** An error as the terminal tells it: each of several causes with its problems and hints, and none of them twice. */
export const causesOf = (error: unknown, cwd: string): readonly Cause[] => {
  if (!(error instanceof KindupError))
    return [{ message: `This is a defect in kindup: ${messageOf(error)}`, problems: [], hints: [], evidence: [] }]
  const said = new Set<unknown>()
  const unsaid = <T>(some: readonly T[] = []): readonly T[] => some.filter((one) => !said.has(one) && said.add(one))
  const parts = error.parts.length > 0 ? error.parts : [{ message: error.message, hints: [] }]
  const causes = parts.map(({ message, hints, problems }) => ({
    message,
    problems: unsaid(problems).map((problem) => problemLine(problem, cwd)),
    hints: unsaid(hints),
    evidence: [],
  }))
  const rest = { problems: unsaid(error.problems).map((one) => problemLine(one, cwd)), hints: unsaid(error.hints) }
  const last = causes.at(-1)
  if (!last) return causes
  return [
    ...causes.slice(0, -1),
    { ...last, problems: [...last.problems, ...rest.problems], hints: [...last.hints, ...rest.hints] },
  ]
}

const problemLine = ({ at, message, hint }: Problem, cwd: string): Cause['problems'][number] => ({
  ...(at && !message.startsWith(`${at.file}:`) && { place: shortPath(at, cwd) }),
  message,
  ...(hint !== undefined && { hint }),
})
