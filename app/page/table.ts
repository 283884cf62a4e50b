import { html, type Html, type Part } from './html.ts'

/** A table that is read aloud as one, and folds into a row of lines each where there is no room. The first cell names its row; a column with nothing in it is left out. */
export const tableOf = (caption: string, heads: readonly string[], rows: readonly (readonly Part[])[]): Html => {
  const isTold = heads.map((_head, index) => index === 0 || rows.some((row) => !isEmpty(row[index])))
  const told = <T>(parts: readonly T[]): readonly T[] => parts.filter((_part, index) => isTold[index])
  return filled(caption, told(heads), rows.map(told))
}

const filled = (caption: string, heads: readonly string[], rows: readonly (readonly Part[])[]): Html =>
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
            <th scope="row" role="rowheader" ${isShort(first) && whole}>${first}</th>
            ${more.map((cell, index) =>
              isEmpty(cell)
                ? html`<td role="cell" class="empty"></td>`
                : html`<td role="cell" data-head="${heads[index + 1]}" ${isShort(cell) && whole}>${cell}</td>`,
            )}
          </tr>`,
      )}
    </tbody>
  </table>`

/** What has no long word keeps its words whole, however long its neighbours are. */
const isShort = (cell: Part): boolean => typeof cell === 'string' && !/\S{21}/.test(cell)

const whole = html`class="whole"`

const isEmpty = (cell: Part): boolean =>
  cell === undefined || cell === '' || cell === false || (Array.isArray(cell) && cell.length === 0)
