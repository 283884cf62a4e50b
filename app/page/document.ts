import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { html, textOf, type Html } from './html.ts'
import { marked } from './mark.ts'
import type { Page } from './page.ts'
import { sectionsOf } from './sections/sections.ts'

/** The page with a script that asks for it again and again. */
type Live = { readonly live?: boolean }

/** A whole HTML document, which asks for nothing outside: style and script stand in it, and its policy allows no others. */
export const documentOf = (page: Page, { live = false }: Live = {}): string => {
  const style = part('page.css')
  const script = live ? part('live.js') : undefined
  const body = textOf(bodyOf(page, live))
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    textOf(html`<meta http-equiv="Content-Security-Policy" content="${policyOf(style, script)}" />`),
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    '<meta name="robots" content="noindex">',
    // A browser would ask for one.
    '<link rel="icon" href="data:,">',
    textOf(html`<title>${titleOf(page)}</title>`),
    `<style>${style}</style>`,
    '</head>',
    `<body>${body}`,
    ...(script === undefined ? [] : [`<script type="module">${script}</script>`]),
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

/** The policy of a document, for its head and for whoever sends it. */
export const policyOfPage = (live: boolean): string => policyOf(part('page.css'), live ? part('live.js') : undefined)

const part = (name: 'page.css' | 'live.js'): string => `\n${readFileSync(new URL(name, import.meta.url), 'utf8')}`

const policyOf = (style: string, script: string | undefined): string =>
  [
    "default-src 'none'",
    `style-src ${sourceOf(style)}`,
    'img-src data:',
    ...(script === undefined ? [] : [`script-src ${sourceOf(script)}`, "connect-src 'self'"]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')

const sourceOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

const signs = { well: '✓', failed: '✗', doubtful: '!' } as const

const titleOf = ({ name, verdict }: Page): string => `${signs[verdict.mark]} ${name} · kindup`

const bodyOf = (page: Page, live: boolean): Html => {
  const sections = sectionsOf(page)
  const { name, command, version, at, verdict } = page
  return html`
    <a class="skip" href="#main">Skip to the content</a>
    <header class="${verdict.mark}">
      <p class="product">kindup ${version}</p>
      <h1>${name}</h1>
      <p id="verdict" class="verdict" ${live && html` role="status"`}>${marked(verdict.mark, verdict.text)}</p>
      <p id="facts" class="quiet">
        <code>${command}</code> · <time datetime="${at}">${at.slice(0, 19).replace('T', ' ')} UTC</time>${
          live && html`<noscript> · reload the page to see it as it is then</noscript>`
        }
      </p>
      ${live && html`<p id="lost" class="lost" role="alert"></p>`}
      ${
        sections.length > 1 &&
        html`<nav id="parts" aria-label="Parts of this page">
          <ul>
            ${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
          </ul>
        </nav>`
      }
    </header>
    <main id="main" tabindex="-1">
      ${sections.map(
        ({ id, title, body }) =>
          html` <section id="${id}" aria-labelledby="${id}-title">
            <h2 id="${id}-title">${title}</h2>
            ${body}
          </section>`,
      )}
    </main>
    <footer>
      <p class="quiet">Made by kindup ${version} from what it saw. Nothing in this page asks for anything outside.</p>
    </footer>
  `
}
