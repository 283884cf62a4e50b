import { readFileSync } from 'node:fs'
import type { App } from '../app/app.ts'

/** `completion`: prints the script that makes a shell complete command lines of kindup. */
export const completion = (app: App, shell: string, flags: { readonly quiet: boolean }): void => {
  const script = readFileSync(new URL(`completion/kindup.${shell}`, import.meta.url), 'utf8')
  app.terminal(flags).out(script.trimEnd())
}
