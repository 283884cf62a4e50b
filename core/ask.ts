import { StoppedError } from './errors.ts'

/** Asks one question after the other at the terminal. Ctrl-C and the signal throw StoppedError. */
export type Asker = {
  confirm(question: string, byDefault: boolean): Promise<boolean>
  /** `wrong` says what is wrong with an answer, or nothing. */
  text(question: string, byDefault: string, wrong: (answer: string) => string | undefined): Promise<string>
  whole(question: string, byDefault: number, limits: { readonly min: number; readonly max: number }): Promise<number>
  /** One of the choices, answered by its value. */
  one(question: string, choices: readonly Omit<Choice, 'chosen'>[]): Promise<string>
  /** Any number of the choices, answered by their values. */
  several(question: string, choices: readonly Choice[]): Promise<readonly string[]>
}

export type Choice = { readonly value: string; readonly label: string; readonly chosen: boolean }

/** The questions of a person at the terminal. */
export const askAt = async (signal: AbortSignal): Promise<Asker> => {
  const { default: inquirer } = await import('inquirer')
  // Prompts are prose: standard output is for results.
  const prompt = inquirer.createPromptModule({ output: process.stderr, signal })
  return {
    confirm: (message, byDefault) =>
      answered(prompt<{ answer: boolean }>([{ type: 'confirm', name: 'answer', message, default: byDefault }])),
    text: (message, byDefault, wrong) =>
      answered(
        prompt<{ answer: string }>([
          { type: 'input', name: 'answer', message, default: byDefault, validate: (answer) => wrong(answer) ?? true },
        ]),
      ),
    whole: (message, byDefault, { min, max }) =>
      answered(
        prompt<{ answer: number }>([
          { type: 'number', name: 'answer', message, default: byDefault, min, max, required: true },
        ]),
      ),
    one: (message, choices) =>
      answered(
        prompt<{ answer: string }>([
          {
            type: 'select',
            name: 'answer',
            message,
            choices: choices.map(({ value, label }) => ({ value, name: label, short: value })),
          },
        ]),
      ),
    several: (message, choices) =>
      answered(
        prompt<{ answer: string[] }>([
          {
            type: 'checkbox',
            name: 'answer',
            message,
            choices: choices.map(({ value, label, chosen }) => ({ value, name: label, short: value, checked: chosen })),
          },
        ]),
      ),
  }
}

const answered = async <T>(asked: Promise<{ readonly answer: T }>): Promise<T> => {
  try {
    const { answer } = await asked
    return answer
  } catch (error) {
    if (error instanceof Error && ['ExitPromptError', 'AbortPromptError', 'CancelPromptError'].includes(error.name))
      throw new StoppedError('Stopped at the question; nothing was changed.')
    throw error
  }
}

/** Asks yes or no at the terminal. Ctrl-C and the signal throw StoppedError. */
export const confirm = async (
  question: string,
  options: { readonly byDefault: boolean; readonly signal: AbortSignal },
): Promise<boolean> => (await askAt(options.signal)).confirm(question, options.byDefault)
