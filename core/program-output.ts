import { EnvironmentError, messageOf } from './errors.ts'
import { parseJson } from './whole-number.ts'

/**
 * What a program wrote as JSON. A program that is stopped halfway, or whose pipe breaks, may write a part of it and end well.
 * Throws EnvironmentError `program-output`, which names the program. `command` can be pasted.
 */
export const jsonFrom = (command: string, stdout: string): unknown => {
  try {
    return parseJson(stdout)
  } catch (error) {
    const seen = stdout.trim().slice(0, 120)
    throw new EnvironmentError(
      'program-output',
      `\`${command}\` wrote no whole JSON: ${seen === '' ? 'nothing at all' : messageOf(error)}.`,
      { cause: error, hints: [`${command}   # shows what it writes; try again if that is whole`] },
    )
  }
}
