import type { SmokeResult } from '../../../services/smoke/smoke.ts'
import { html, type Html } from '../html.ts'
import { linked, marked } from '../mark.ts'
import { tableOf } from '../table.ts'

/** What each smoke test found; the beginning of an answer's body is folded. */
export const smokeBody = (smoke: readonly SmokeResult[]): Html =>
  tableOf(
    'Smoke tests',
    ['Test', 'Of', 'Result', 'Address', 'Answer'],
    smoke
      .toSorted((a, b) => Number(a.ok) - Number(b.ok))
      .map(({ step, name, url, ok, status, message, body, ms }) => [
        name,
        step,
        marked(ok ? 'well' : 'failed', ok ? 'passed' : 'failed'),
        linked(url),
        html`${status !== undefined && `status ${status} `}<span class="quiet">${ms} ms</span>${
            message !== undefined && html`<p class="lines">${message}</p>`
          }${
            body !== undefined &&
            body.trim() !== '' &&
            html`<details>
              <summary>Body<span class="unseen"> of ${name} at ${url}</span></summary>
              <pre class="log" tabindex="0" role="region" aria-label="Body of ${name} at ${url}">${body}</pre>
            </details>`
          }`,
      ]),
  )
