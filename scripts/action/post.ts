import process from 'node:process'
import { kindup } from './kindup.ts'
import { fail } from './runner.ts'

/** What the action does at the end of the job, however that went: `diagnose` where it failed, and always `down`. */
const post = async (): Promise<void> => {
  const { STATE_down: down = '[]', STATE_program: program = '', STATE_folder: folder = '.' } = process.env
  // A failed `up` has looked already.
  const { STATE_diagnose: diagnose = '[]', STATE_up: up, 'INPUT_JOB-STATUS': status = '' } = process.env
  if (up === 'done' && status === 'failure') {
    process.stdout.write('::group::What kindup sees of it\n')
    const seen = await kindup(program, wordsIn(diagnose), folder)
    process.stdout.write(`${seen.stdout}::endgroup::\n`)
  }
  const words = wordsIn(down)
  if (words.length === 0) return
  const { code, stdout } = await kindup(program, words, folder)
  process.stdout.write(stdout)
  if (code !== 0) fail('What kindup made could not all be taken away; its words stand above.')
}

const wordsIn = (text: string): readonly string[] => {
  const words: unknown = JSON.parse(text)
  return Array.isArray(words) ? words.map(String) : []
}

try {
  await post()
} catch (error) {
  fail(error instanceof Error ? error.message : String(error))
}
