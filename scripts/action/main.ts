import process from 'node:process'
import { fieldsAt, listAt, mapsAt, textAt, textListAt, type Fields } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import { inputsOf } from './inputs.ts'
import { kindup } from './kindup.ts'
import { saveKept, withKept } from './kept.ts'
import { fail, mask, note, ownVersion } from './runner.ts'

/** What the action does where it stands in the job: `up`, and its document as outputs. */
const main = async (): Promise<void> => {
  const inputs = inputsOf(process.env, ownVersion())
  const { folder, subject, up, program, keep, report } = inputs
  // Before anything is made: a job that is cancelled takes away what is there by then.
  note('GITHUB_STATE', 'down', JSON.stringify(keep ? [] : ['down', '--yes', ...subject]))
  note('GITHUB_STATE', 'diagnose', JSON.stringify(['diagnose', ...subject]))
  note('GITHUB_STATE', 'program', program)
  note('GITHUB_STATE', 'folder', folder)
  if (report !== undefined) note('GITHUB_OUTPUT', 'report', report)
  const { code, document } = await withKept(inputs, async (kept) => {
    const ended = await kindup(program, ['up', '--yes', '--json', ...subject, ...up, ...kept], folder)
    return { code: ended.code, document: documentIn(ended.stdout) }
  })
  if (code === 0 && document) {
    note('GITHUB_STATE', 'up', 'done')
    sayDone(document)
    return saveKept(inputs)
  }
  const diagnosis = textAt(document, 'diagnosis', 'folder')
  if (diagnosis !== undefined) note('GITHUB_OUTPUT', 'diagnosis', diagnosis)
  const error = fieldsAt(document, 'error')
  const hints = textListAt(error, 'hints').map((hint) => `→ ${hint}`)
  fail([textAt(error, 'message') ?? `kindup ended with ${code}; its words stand above.`, ...hints].join('\n'))
}

const sayDone = (document: Fields): void => {
  for (const { password } of mapsAt(document, 'credentials'))
    // As it is, and as the output has it.
    if (typeof password === 'string')
      for (const text of new Set([password, JSON.stringify(password).slice(1, -1)])) mask(text)
  const cluster = fieldsAt(document, 'cluster')
  for (const name of ['name', 'context', 'kubeconfig']) note('GITHUB_OUTPUT', name, textAt(cluster, name) ?? '')
  for (const name of ['endpoints', 'credentials']) note('GITHUB_OUTPUT', name, JSON.stringify(listAt(document, name)))
  note('GITHUB_OUTPUT', 'seconds', String(document['seconds']))
}

const documentIn = (stdout: string): Fields | undefined => {
  try {
    const document: unknown = JSON.parse(stdout)
    return isRecord(document) ? document : undefined
  } catch {
    return undefined
  }
}

try {
  await main()
} catch (error) {
  fail(error instanceof Error ? error.message : String(error))
}
