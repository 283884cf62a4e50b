import process from 'node:process'
import { kindup } from './kindup.ts'
import { fail } from './runner.ts'

/** What the action does at the end of the job, however that went: `down`. */
const post = async (): Promise<void> => {
  const { STATE_down: down = '[]', STATE_program: program = '', STATE_folder: folder = '.' } = process.env
  const words: unknown = JSON.parse(down)
  if (!Array.isArray(words) || words.length === 0) return
  const { code, stdout } = await kindup(program, words.map(String), folder)
  process.stdout.write(stdout)
  if (code !== 0) fail('What kindup made could not all be taken away; its words stand above.')
}

try {
  await post()
} catch (error) {
  fail(error instanceof Error ? error.message : String(error))
}
