import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { fieldsAt, mapsAt, textAt, textListAt, type Fields } from '../../../core/fields.ts'
import { inputsOf } from '../../../scripts/action/inputs.ts'
import { gitlabInputs, gitlabJob } from '../../support/gitlab-job.ts'
import { pages, root } from '../../support/pages.ts'
import { wrongCommand } from '../../support/parsed-command.ts'
import { simpleCommands } from '../../support/shell-words.ts'

const page = pages().find(({ name }) => name === 'docs/how-to/pipelines.md')
const jobs = (page?.blocks ?? [])
  .filter(({ language }) => language === 'yaml')
  .map(({ text }) => parse(text) as unknown)
const action = fieldsAt(parse(readFileSync(join(root, 'action.yml'), 'utf8')), 'inputs')

const refused = async (lines: readonly string[]): Promise<readonly string[]> => {
  const found = await Promise.all(
    lines
      .flatMap((line) => simpleCommands(line))
      // What the shell fills in.
      .map((words) => wrongCommand(words.map((word) => word.replace(/\$\w+/, 'x')))),
  )
  return found.filter((why) => why !== undefined)
}

/** Folders without a file, and environments that it does not have. */
const wrongPlaces = (given: Fields): readonly string[] => {
  const folder = textAt(given, 'working-directory') ?? ''
  const file: unknown = parse(readFileSync(join(root, folder, 'kindup.yaml'), 'utf8'))
  const wanted = (textAt(given, 'environments') ?? '').split('\n').filter((name) => /^\w+$/.test(name))
  return wanted.filter((name) => !(name in fieldsAt(file, 'environments'))).map((name) => `${folder}: ${name}`)
}

test('action.yml has no key that a runner does not know', () => {
  const file: unknown = parse(readFileSync(join(root, 'action.yml'), 'utf8'))
  const keysIn = (section: string): ReadonlySet<string> =>
    new Set(Object.values(fieldsAt(file, section)).flatMap((one) => Object.keys(fieldsAt(one))))
  // A comma in a description between braces ends it, and what follows is a key.
  expect([...keysIn('outputs')]).toEqual(['description'])
  expect([...keysIn('inputs')]).toEqual(['description', 'default'])
})

describe('the pipelines of the pages', () => {
  test('are for five examples, on both', () => {
    expect(jobs).toHaveLength(10)
    for (const name of ['attendance', 'offerfit', 'streaming', 'converter', 'timetables'])
      expect(jobs.filter((job) => JSON.stringify(job).includes(`examples/${name}`))).toHaveLength(2)
  })

  test('on GitHub give inputs that there are, and run lines that kindup takes', async () => {
    const steps = jobs.flatMap((job) => mapsAt(job, 'steps'))
    const used = steps.filter((step) => textAt(step, 'uses')?.startsWith('OWNER/kindup@') === true)
    expect(used).toHaveLength(5)
    for (const step of used) {
      const given = fieldsAt(step, 'with')
      expect(wrongPlaces(given)).toEqual([])
      expect(Object.keys(given).filter((name) => !(name in action))).toEqual([])
      const env = Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, String(value)])
      const { subject, up } = inputsOf(Object.fromEntries(env), '1.0.0')
      expect(
        await wrongCommand(['kindup', 'up', ...subject, ...up].map((word) => word.replace(/\$\{\{.*\}\}/, 'dev'))),
      ).toBeUndefined()
    }
    expect(await refused(steps.flatMap((step) => textAt(step, 'run') ?? []))).toEqual([])
  })

  test('on GitLab give inputs that there are, and run lines that kindup takes', async () => {
    const inputs = jobs.flatMap((job) => mapsAt(job, 'include')).map((include) => fieldsAt(include, 'inputs'))
    expect(inputs).toHaveLength(6)
    for (const given of inputs) {
      expect(wrongPlaces(given)).toEqual([])
      expect(() => gitlabJob(given)).not.toThrow()
      expect(await refused(textListAt(given, 'script'))).toEqual([])
    }
  })
})

test('GitLab and GitHub have the same inputs, but for what only one of them can do', () => {
  const [gitlab, github] = [Object.keys(gitlabInputs()), Object.keys(action)]
  expect(gitlab.filter((name) => !github.includes(name))).toEqual(['job', 'stage', 'image', 'script', 'cache-key'])
  // There: always written, never to a hosts file, and the cluster is not there for anybody else.
  expect(github.filter((name) => !gitlab.includes(name))).toEqual(['hosts', 'junit', 'report', 'keep', 'job-status'])
})
