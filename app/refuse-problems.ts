import { ConfigError } from '../core/errors.ts'
import type { Environment } from './environment.ts'

/** Throws every error among the problems, as one page. Nothing has been changed yet. */
export const refuseProblems = ({ config, problems }: Pick<Environment, 'config' | 'problems'>): void => {
  const errors = problems.filter(({ severity }) => severity === 'error')
  if (errors.length > 0)
    throw new ConfigError(
      `${config.name} cannot be made as the file says: ${errors.length} problem${errors.length === 1 ? '' : 's'}.`,
      { problems: errors },
    )
}
