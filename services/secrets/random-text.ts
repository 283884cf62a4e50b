import { randomInt } from 'node:crypto'

/** Letters and digits alone: they need no escape in a URL, a shell or a connection string. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** A text that nobody can guess, every character equally likely (randomInt draws again where a remainder would favour some). */
export const randomText = (length: number): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')
