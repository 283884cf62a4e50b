import { html, type Html, type Part } from './html.ts'

/** A table that is read aloud as one, and folds into a row of lines each where there is no room. The first cell names its row. */
export const tableOf = (caption: string, heads: readonly string[], rows: readonly (readonly Part[])[]): Html =>
  html` <table role="table">
    <caption class="unseen">
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${heads.map((head) => html`<th scope="col" role="columnheader">${head}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows.map(
        ([first, ...more]) =>
          html` <tr role="row">
            <th scope="row" role="rowheader">${first}</th>
            ${more.map((cell, index) =>
              isEmpty(cell)
                ? html`<td role="cell" class="empty"></td>`
                : html`<td role="cell" data-head="${heads[index + 1]}">${cell}</td>`,
            )}
          </tr>`,
      )}
    </tbody>
  </table>`

const isEmpty = (cell: Part): boolean =>
  cell === undefined || cell === '' || cell === false || (Array.isArray(cell) && cell.length === 0)
