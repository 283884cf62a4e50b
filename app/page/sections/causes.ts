import { html, type Html } from '../html.ts'
import type { Cause, Page } from '../page.ts'

/** Why it failed, what to do, in the words of the terminal: the first thing that is read. */
export const causesBody = ({ causes, folder }: Page): Html =>
  html` <ol class="causes">
      ${causes.map(causeItem)}
    </ol>
    ${folder !== undefined && html`<p class="quiet">What was seen of it, on the machine that ran it: <code>${folder}/index.md</code></p>`}`

const causeItem = ({ message, problems, hints, evidence }: Cause): Html =>
  html` <li>
    <pre class="message">${message}</pre>
    ${
      problems.length > 0 &&
      html`<ul class="problems">
        ${problems.map(problemItem)}
      </ul>`
    }
    ${
      evidence.length > 0 &&
      html`<p>Seen:</p>
        <ul class="evidence">
          ${evidence.map((line) => html`<li><pre>${line}</pre></li>`)}
        </ul>`
    }
    ${
      hints.length > 0 &&
      html`<p>What to do:</p>
        <ul class="hints">
          ${hints.map((hint) => html`<li><pre>${hint}</pre></li>`)}
        </ul>`
    }
  </li>`

const problemItem = ({ place, message, hint }: Cause['problems'][number]): Html =>
  html` <li>
    ${place !== undefined && html`<code class="place">${place}</code> `}<span class="lines">${message}</span>${
      hint !== undefined &&
      html`<ul class="hints">
        <li><pre>${hint}</pre></li>
      </ul>`
    }
  </li>`
