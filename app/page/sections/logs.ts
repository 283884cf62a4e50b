import { html, type Html } from '../html.ts'
import type { LogText } from '../page.ts'

/** Long texts, folded. A long line is reached with the arrow keys. */
export const logsBody = (logs: readonly LogText[]): Html =>
  html`${logs.map(
    ({ name, text, isOpen = false }) =>
      html`
  <details${isOpen && html` open`}>
    <summary>${name}</summary>
    <pre class="log" tabindex="0" role="region" aria-label="${name}">${text}</pre>
  </details>`,
  )}`

export const warningsBody = (warnings: readonly string[]): Html =>
  html`<ul class="warnings">
    ${warnings.map((warning) => html`<li class="lines">${warning}</li>`)}
  </ul>`
