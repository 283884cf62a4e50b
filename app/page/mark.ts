import { html, type Html } from './html.ts'
import type { Mark } from './page.ts'

const signs: Readonly<Record<Mark, string>> = { well: '✓', failed: '✗', doubtful: '!' }

/** A state as sign, colour and word: none of them alone. */
export const marked = (mark: Mark, word: string): Html =>
  html`<span class="mark ${mark}${word.length <= 16 ? ' whole' : ''}"
    ><span aria-hidden="true">${signs[mark]}</span> ${word}</span
  >`

/** An address that a browser opens, as a link; any other as it is. */
export const linked = (url: string): Html =>
  /^https?:$/.test(URL.parse(url)?.protocol ?? '')
    ? html`<a href="${url}" rel="noreferrer noopener" ${url.length <= 28 && html`class="whole"`}>${url}</a>`
    : html`<code>${url}</code>`

/** `12.3 s`, `2 min 5 s` */
export const duration = (seconds: number): string =>
  seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(Math.round(seconds) / 60)} min ${Math.round(seconds) % 60} s`
