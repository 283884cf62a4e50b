import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { sayMissing } from '../../support/real-tools.ts'
import { addOnFacts } from './addons.ts'
import type { Fact, Reading } from './fact.ts'
import { kindFacts } from './kind.ts'
import { toolFacts } from './tools.ts'

// What is written in docs/published.md, checked on both sides: `npx vitest run test/unit/published -u` writes that page.

const root = join(import.meta.dirname, '../../..')
const facts: readonly Fact[] = [...kindFacts, ...toolFacts, ...addOnFacts]

/** Copies of the publishers' repositories: OWNER/NAME, each with its history. */
const copies = process.env['KINDUP_TEST_PUBLISHED']
if (copies === undefined)
  sayMissing(
    'published',
    'KINDUP_TEST_PUBLISHED names no folder with OWNER/NAME of the publishers; their files are not compared.',
  )

const textOf = ({ repo, commit, path }: Reading): string | undefined => {
  const folder = join(copies ?? '', repo)
  if (copies === undefined || !existsSync(folder)) return undefined
  return execFileSync('git', ['-C', folder, 'show', `${commit}:${path}`], { encoding: 'utf8', maxBuffer: 1e8 })
}

describe.each(facts.map((fact) => [fact.id, fact] as const))('%s', (_id, { code, read, assumed }) => {
  it('is what the code assumes', async () => {
    for (const file of code) expect({ file, isThere: existsSync(join(root, file)) }).toEqual({ file, isThere: true })
    await assumed()
  })

  for (const reading of read) {
    const { repo, commit, path, holds, lacks = [] } = reading
    const text = textOf(reading)
    it.skipIf(text === undefined)(`stands in ${repo} ${commit.slice(0, 12)} ${path}`, () => {
      const parted = [
        ...holds.filter((words) => !words.test(text ?? '')).map((words) => `${path} no longer has ${String(words)}`),
        ...lacks.filter((words) => words.test(text ?? '')).map((words) => `${path} now has ${String(words)}`),
      ]
      expect(parted).toEqual([])
    })
  }
})

describe('docs/published.md', () => {
  it('has a row for each fact', async () => {
    await expect(page()).toMatchFileSnapshot(join(root, 'docs/published.md'))
  })

  it('names files that are there, and tests that are', () => {
    const rows = readFileSync(join(root, 'docs/published.md'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('| <a'))
    expect(rows.length).toBe(facts.length)
    for (const row of rows) {
      const [, , code = '', , test = ''] = row.split(' | ')
      const links = [...`${code} ${test}`.matchAll(/\]\(\.\.\/([^)]+)\)/g)].map(([, file = '']) => file)
      expect(links.length).toBeGreaterThan(1)
      expect(links.filter((file) => !existsSync(join(root, file)))).toEqual([])
      const name = /"([^"]+)"/.exec(test)?.[1]
      expect(facts.map(({ id }) => id)).toContain(name)
    }
  })
})

const page = (): string => `# What is published by others, and leaned on here

Each row is a fact about something that others publish: where the code would be wrong without it, where it was read, and the test that
fails when the two part. The tests hold each fact in one place, \`test/unit/published\`, and ask the code's own functions and files. With copies
of the publishers' repositories they read the publishers' files too:

\`\`\`sh
git clone https://github.com/kubernetes-sigs/kind copies/kubernetes-sigs/kind   # and so on, OWNER/NAME
KINDUP_TEST_PUBLISHED=$PWD/copies npx vitest run --project unit test/unit/published
\`\`\`

After a new version is pinned: fetch the copies, change the commits in those files, run this, and put right what parts. \`-u\` writes this page.

| fact | what | where it is leaned on | read in | test |
| ---- | ---- | --------------------- | ------- | ---- |
${facts.map(row).join('\n')}
`

const row = ({ id, fact, code, read }: Fact): string => {
  const places = read.map(
    ({ repo, commit, path, note }) =>
      `[${repo}: ${path}](https://github.com/${repo}/blob/${commit}/${path})${note === undefined ? '' : ` (${note})`}`,
  )
  const files = code.map((file) => `[${file}](../${file})`)
  const tests = `[published.test.ts](../test/unit/published/published.test.ts) "${id}"`
  return `| <a id="${id}"></a>${id} | ${fact} | ${files.join('<br>')} | ${places.join('<br>')} | ${tests} |`
}
