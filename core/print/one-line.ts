/** A text of several lines as one: a row of a table holds no more. */
export const oneLine = (text = ''): string => text.trim().replaceAll(/\s*\n\s*/g, ' ')

/** What a program wrote last, which is mostly why it failed. Empty where it wrote nothing. */
export const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? ''
