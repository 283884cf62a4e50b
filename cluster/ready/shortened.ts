/** The last and most telling part of a chain of causes, at most 300 characters. */
export const shortened = (message: string): string => {
  const line = message.trim().replaceAll(/\s+/g, ' ')
  return line.length <= 300 ? line : `…${line.slice(-299)}`
}
