/** A text of several lines as one: a row of a table holds no more. */
export const oneLine = (text = ''): string => text.trim().replaceAll(/\s*\n\s*/g, ' ')
