import { randomUUID } from 'node:crypto'
import { appendFileSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { textAt } from '../../core/fields.ts'

/** The version of kindup that this action came with. */
export const ownVersion = (): string =>
  textAt(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')), 'version') ?? 'latest'

/** Notes a value for later steps, or for the end of this one. Source: "Workflow commands for GitHub Actions". */
export const note = (where: 'GITHUB_OUTPUT' | 'GITHUB_STATE', name: string, value: string): void => {
  const file = process.env[where]
  if (file === undefined) return
  // No value can hold it, and end early.
  const end = randomUUID()
  appendFileSync(file, `${name}<<${end}\n${value}\n${end}\n`)
}

/** The step is red, and says why in the log and on the page of the job. */
export const fail = (message: string): void => {
  process.stdout.write(`::error title=kindup::${escapedOf(message)}\n`)
  process.exitCode = 1
}

/** Says something on the page of the job, which stays green. */
export const warn = (message: string): void => {
  process.stdout.write(`::warning title=kindup::${escapedOf(message)}\n`)
}

const escapedOf = (message: string): string =>
  message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

/** Blanks a text in the log from here on. */
export const mask = (text: string): void => {
  for (const line of text.split(/\r?\n/))
    if (line.trim() !== '') process.stdout.write(`::add-mask::${line.replaceAll('%', '%25')}\n`)
}
