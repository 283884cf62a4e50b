import { html, type Html } from '../html.ts'
import { duration, marked } from '../mark.ts'
import type { Timeline, TimelineRow } from '../page.ts'

/** When each step ran, as bars on one scale. What a bar shows, its line says too. */
export const timelineBody = (timeline: Timeline): Html => {
  const critical = timeline.rows.filter(({ isCritical }) => isCritical)
  return html` <p>
      ${
        timeline.at !== undefined &&
        html`Of the last run here that changed something, which ended at
          <time datetime="${timeline.at}">${timeline.at.slice(0, 19).replace('T', ' ')} UTC</time>. `
      }${
        critical.length > 0 &&
        html`The critical path took longest, one step after the other: whatever is not on it could be slower and change
        nothing. `
      }Before
      the first step: ${duration(timeline.ahead)}.
    </p>
    <p class="scale" aria-hidden="true">
      <span>0 s</span><span>${duration(timeline.seconds / 2)}</span><span>${duration(timeline.seconds)}</span>
    </p>
    <ol class="timeline">
      ${timeline.rows.map((row) => rowItem(row, timeline))}
    </ol>`
}

const rowItem = (row: TimelineRow, timeline: Timeline): Html =>
  html`
    <li${row.isCritical && html` class="critical"`}>
      <div class="what"><strong>${row.id}</strong> ${row.isCritical && html`<span class="badge">critical path</span>`}</div>
      <div class="how">${resultOf(row)} in ${duration(row.seconds)}, from ${duration(row.started)} on${
        row.prepared !== undefined && `; ${duration(row.prepared)} of it ahead`
      }${row.waitedFor !== undefined && row.waitedFor !== row.id && html`<span class="waited">; waited for ${row.waitedFor}</span>`}</div>
      ${bar(row, timeline)}
    </li>`

const resultOf = ({ result }: TimelineRow): Html => (result === 'failed' ? marked('failed', 'failed') : html`${result}`)

/** Widths are attributes of the picture: a policy without inline styles allows them. */
const bar = ({ started, seconds, prepared, result }: TimelineRow, timeline: Timeline): Html => {
  const at = (from: number, length: number): Html => {
    const x = Math.min(share(from, timeline), 99.6)
    return html`x="${x.toFixed(2)}%" width="${Math.max(0.4, Math.min(share(length, timeline), 100 - x)).toFixed(2)}%"`
  }
  return html`<svg class="bar" aria-hidden="true" focusable="false" width="100%" height="14">
    <rect class="track" width="100%" height="14" rx="3" />
    ${prepared !== undefined && html`<rect class="prepared" ${at(timeline.ahead, prepared)} y="4" height="6" />`}
    <rect class="${result === 'failed' ? 'run failed' : 'run'}" ${at(started, seconds)} y="1" height="12" rx="2" />
  </svg>`
}

const share = (seconds: number, timeline: Timeline): number => (100 * seconds) / Math.max(timeline.seconds, 0.001)
