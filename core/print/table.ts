import { stripVTControlCharacters } from 'node:util'

/** Rows in columns as wide as their widest cell, two spaces apart; nothing behind the last one. */
export const table = (rows: readonly (readonly string[])[], indent = '  '): string => {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, widthOf(cell))),
    [],
  )
  return rows
    .map(
      (row) =>
        indent +
        row
          .map((cell, column) =>
            column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)),
          )
          .join('  '),
    )
    .map((line) => line.trimEnd())
    .join('\n')
}

const widthOf = (cell: string): number => Array.from(stripVTControlCharacters(cell)).length
