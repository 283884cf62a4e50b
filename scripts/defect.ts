import process from 'node:process'
import { version } from '../app/version.ts'

/** What a defect of kindup prints: the only page with a stack, and all that a report needs. */
export const defectPage = (error: unknown, ran: readonly string[]): string =>
  [
    '✗ This is a defect in kindup, not something you did.',
    `  ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`.replaceAll('\n', '\n  '),
    ...(error instanceof Error && error.cause instanceof Error
      ? [`  caused by ${error.cause.stack ?? error.cause.message}`]
      : []),
    `  kindup ${version()}, node ${process.version}, ${process.platform} ${process.arch}`,
    ...ran.slice(-5).map((line) => `  $ ${line}`),
    '  → Please report it with the lines above in the issue tracker of kindup. `npm run down` still takes everything away.',
  ].join('\n')
