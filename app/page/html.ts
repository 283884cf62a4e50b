import { stripVTControlCharacters } from 'node:util'

/** No document that comes from outside holds it: what has it was made here. */
const markup = Symbol('markup')

/** Markup whose texts are escaped. */
export type Html = { readonly [markup]: string }
export type Part = Html | string | number | undefined | false | readonly Part[]

/** Markup with values in it: texts are escaped, in attributes too, which stand in double quotes; markup stays. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  [markup]: strings.map((text, index) => `${text}${shown(parts[index])}`).join(''),
})

/** What is sent or written. */
export const textOf = (made: Html): string => made[markup]

const shown = (part: Part): string => {
  if (part === undefined || part === false) return ''
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part))
  return markup in part ? part[markup] : part.map(shown).join('')
}

const signs: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const unshowable =
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/g

/** Colours of a log go. Signs that no page can hold, or that turn the direction of what follows, are seen as such. */
const escaped = (text: string): string =>
  stripVTControlCharacters(text)
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(unshowable, '\uFFFD')
    .replaceAll(/[&<>"']/g, (sign) => signs[sign] ?? sign)
