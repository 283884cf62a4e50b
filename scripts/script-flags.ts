import process from 'node:process'
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { KindupError, messageOf, systemCode, usageError } from '../core/errors.ts'
import { didYouMean } from '../core/suggest.ts'

/**
 * The words behind `npm run NAME --` of a script that is no command of the command line. Throws ConfigError for what it does
 * not take. `help`: what prints its flags.
 */
export const scriptFlags = <T extends ParseArgsConfig>(config: T, help: string): ReturnType<typeof parseArgs<T>> => {
  try {
    return parseArgs(config)
  } catch (error) {
    const code = systemCode(error)
    if (!code.startsWith('ERR_PARSE_ARGS_')) throw error
    const said = messageOf(error)
    const flag = /(--?\w[\w-]*)(?: <value>)?'/.exec(said)?.[1] ?? ''
    const known = Object.keys(config.options ?? {}).map((name) => `--${name}`)
    const more = `${help} lists its flags.`
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
      throw usageError(`There is no flag ${flag}.`, didYouMean(flag, known, more))
    if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL')
      throw usageError(`\`${/'(.*?)'/s.exec(said)?.[1] ?? ''}\` is no flag.`, more)
    throw usageError(`${flag} ${/does not take/.test(said) ? 'takes no value' : 'lacks its value'}.`, more)
  }
}

/** Does the work of such a script. What a person can cause ends in a sentence; anything else is a defect, and keeps its stack. */
export const asScript = async (work: () => void | Promise<void>): Promise<void> => {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof KindupError)) throw error
    process.stderr.write([`✗ ${error.message}`, ...error.hints.map((hint) => `  → ${hint}`), ''].join('\n'))
    process.exitCode = error.exitCode
  }
}
