import { usageError } from '../../core/errors.ts'

/** Of commands that work on the nodes themselves: those of an existing cluster are others' affair. Throws where `context` names one. */
export const refuseExisting = (context: string | undefined, command: string): void => {
  if (context === undefined) return
  throw usageError(
    `\`${command}\` works on the nodes of a cluster that kindup made, and context ${context} leads to an existing one.`,
    'Name another file with --config, or take cluster.context away.',
  )
}
