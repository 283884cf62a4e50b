import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { ownFolder } from '../../support/own-folder.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const ran = (script: string, ...words: readonly string[]) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [join(root, script), ...words], {
    encoding: 'utf8',
    cwd: root,
    env: { PATH: '' },
  })
  return { status, stderr, stdout }
}

it.for([
  ['scripts/bench.ts', '--count x --settle soon', '--count x: write a whole number from 1 on.\n✗ --settle soon: write'],
  ['scripts/bench.ts', '--no-such-flag', 'There is no flag --no-such-flag.\n  → npm run bench -- --help'],
  ['scripts/bench.ts', '--cuont 3', 'There is no flag --cuont.\n  → Did you mean --count?'],
  ['scripts/bench.ts', '--count', '--count lacks its value.'],
  ['scripts/bench.ts', '--saves=yes', '--saves takes no value.'],
  ['scripts/bench.ts', 'saves', '`saves` is no flag.'],
  ['scripts/bench.ts', '--saves --gitops', '--gitops and --saves are two benches'],
  ['scripts/bench.ts', '--out docs', '--out docs cannot be written: it is a folder.'],
  ['scripts/test-again.ts', '--frehs', 'There is no flag --frehs.\n  → Did you mean --fresh?'],
  ['scripts/test-again.ts', 'idle=many', '`idle=many` is no CONDITION=TIMES.'],
  ['scripts/build.ts', '--watch', 'There is no flag --watch.'],
  ['scripts/build.ts', 'docs', 'holds other things than a build, and would be emptied.'],
  ['scripts/build.ts', 'package.json', 'package.json cannot be written: it is a file.'],
  ['scripts/generate-schema.ts', '--chekc', 'There is no flag --chekc.\n  → Did you mean --check?'],
  ['scripts/generate-kubernetes-fields.ts', '', 'No document is named: the table would be empty.'],
  ['scripts/generate-kubernetes-fields.ts', '36=none.json', 'There is no file none.json.'],
  ['test/corpus/run.ts', '--onyl x docs', 'There is no flag --onyl.\n  → Did you mean --only?'],
  ['test/corpus/run.ts', 'no-such-folder', 'There is no folder no-such-folder.'],
  ['test/corpus/run.ts', '--sample few docs', '--sample few: write a whole number from 1 on.'],
  ['test/mutants/run.ts', 'host', 'There is no host.\n  → Did you mean hosts?'],
  ['test/mutations/run.ts', '--only hots', 'There is no hots.\n  → Did you mean hosts?'],
  ['test/mutations/run.ts', 'many', '`many` is no number of changes.'],
] as const)('%s %s is refused in a sentence, and nothing is begun', ([script, words, sentence]) => {
  const { status, stderr, stdout } = ran(script, ...words.split(' ').filter(Boolean))
  expect({ status, stdout, begins: stderr.slice(0, 2) }).toEqual({ status: 2, stdout: '', begins: '✗ ' })
  expect(stderr).toContain(sentence)
  expect(stderr).not.toMatch(/^\s+at /m)
})

it('builds into no folder of somebody else, also by a link, and leaves what is in it', async () => {
  const folder = await ownFolder()
  mkdirSync(join(folder, 'photos'))
  writeFileSync(join(folder, 'photos/one'), '')
  symlinkSync('photos', join(folder, 'link'))
  expect(ran('scripts/build.ts', join(folder, 'link')).status).toBe(2)
  expect(existsSync(join(folder, 'photos/one'))).toBe(true)
})
