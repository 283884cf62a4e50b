import { usageError } from '../../core/errors.ts'
import type { WalkFlags } from '../app.ts'

/** Throws ConfigError where passwords are wanted in a page that nobody wants. */
export const refusePasswordsAlone = ({
  report,
  reportPasswords,
}: Pick<WalkFlags, 'report' | 'reportPasswords'>): void => {
  if (report === undefined && reportPasswords === true)
    throw usageError(
      '--report-passwords is for the page of --report.',
      'For example: --report report.html --report-passwords',
    )
}
