import { ConfigError } from '../core/errors.ts'
import type { Problem } from '../core/problem.ts'
import type { Environment } from './environment.ts'

/** Throws every error among the problems, as one page. Nothing has been changed yet. */
export const refuseProblems = ({ config, problems }: Pick<Environment, 'config' | 'problems'>): void => {
  const errors = distinct(problems.filter(({ severity }) => severity === 'error'))
  if (errors.length > 0)
    throw new ConfigError(
      `${config.name} cannot be made as the file says: ${errors.length} problem${errors.length === 1 ? '' : 's'}.`,
      { problems: errors },
    )
}

/** A file that several environments deploy has its mistakes once. */
const distinct = (problems: readonly Problem[]): readonly Problem[] => [
  ...new Map(problems.map((problem) => [JSON.stringify([problem.at, problem.message]), problem])).values(),
]
