import { ConfigError } from '../../core/errors.ts'
import type { WalkFlags } from '../app.ts'

/** Throws ConfigError where passwords are wanted in a page that nobody wants. */
export const refusePasswordsAlone = ({
  report,
  reportPasswords,
}: Pick<WalkFlags, 'report' | 'reportPasswords'>): void => {
  if (report === undefined && reportPasswords === true)
    throw new ConfigError('--report-passwords is for the page of --report.', {
      code: 'flags',
      hints: ['For example: --report report.html --report-passwords'],
    })
}
