import { StoppedError } from './errors.ts'

/** Asks yes or no at the terminal. Ctrl-C and the signal throw StoppedError. */
export const confirm = async (
  question: string,
  options: { readonly byDefault: boolean; readonly signal: AbortSignal },
): Promise<boolean> => {
  const { default: inquirer } = await import('inquirer')
  // Prompts are prose: standard output is for results.
  const prompt = inquirer.createPromptModule({ output: process.stderr, signal: options.signal })
  try {
    const { answer } = await prompt<{ answer: boolean }>([
      { type: 'confirm', name: 'answer', message: question, default: options.byDefault },
    ])
    return answer
  } catch (error) {
    if (error instanceof Error && ['ExitPromptError', 'AbortPromptError', 'CancelPromptError'].includes(error.name))
      throw new StoppedError('Stopped at the question; nothing was changed.')
    throw error
  }
}
