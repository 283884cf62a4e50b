/**
 * A text of at most `room` letters: what is too long ends behind a whole word and with `…`. A word that is longer than a third of the
 * room is cut itself, since little else would be left.
 */
export const cutAtWord = (text: string, room: number): string => {
  const letters = Array.from(text)
  if (letters.length <= room) return text
  const kept = letters.slice(0, Math.max(room - 1, 0)).join('')
  const whole = letters[room - 1] === ' ' ? kept.trimEnd() : kept.replace(/\s+\S*$/u, '')
  return `${Array.from(whole).length * 3 >= room * 2 ? whole : kept}…`
}
