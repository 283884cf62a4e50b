import { spawnSync } from 'node:child_process'
import { setPriority } from 'node:os'
import process from 'node:process'
import { messageOf, usageError } from '../../core/errors.ts'
import { nameHint } from '../../core/suggest.ts'
import { asScript, scriptFlags } from '../../scripts/script-flags.ts'

type Folder = { readonly mutate: readonly string[]; readonly tests: readonly string[] }

const inFolder = (folder: string, ...names: readonly string[]): string[] => names.map((name) => `${folder}/${name}.ts`)
const testsOf = (folder: string, ...names: readonly string[]): string[] =>
  names.map((name) => `test/unit/${folder}/${name}.test.ts`)

/** What is mutated, and the tests that are asked: those that take milliseconds, because each runs for every mutant that it reaches. */
const folders: Readonly<Record<string, Folder>> = {
  hosts: { mutate: inFolder('hosts', 'block', 'names'), tests: testsOf('hosts', 'block', 'names') },
  'yaml-edit': {
    mutate: ['core/yaml-edit/*.ts'],
    tests: ['test/unit/core/yaml-edit/*.test.ts', ...testsOf('scripts/image-edit', 'kustomization', 'values')],
  },
  kubeconfig: {
    mutate: inFolder('cluster/kubeconfig', 'add-entries', 'document', 'entries', 'remove-entries'),
    tests: testsOf('cluster/kubeconfig', 'entries'),
  },
  core: {
    mutate: [
      ...inFolder('core', 'fields', 'glob', 'identity', 'observations', 'order', 'placeholders', 'plan', 'problem'),
      ...inFolder('core', 'suggest', 'timeline', 'wait', 'walk'),
    ],
    tests: [
      ...testsOf('core', 'glob', 'identity', 'observations', 'placeholders', 'plan', 'suggest', 'timeline', 'wait'),
      ...testsOf('core', 'walk'),
    ],
  },
  'core-print': { mutate: ['core/print/*.ts'], tests: ['test/unit/core/print/*.test.ts'] },
  'core-mask': { mutate: ['core/mask/*.ts'], tests: ['test/unit/core/mask/*.test.ts'] },
  'core-files': {
    mutate: inFolder('core', 'file-lock', 'put-new', 'replace-file', 'fault', 'http', 'program-output'),
    tests: testsOf('core', 'file-lock', 'put-new', 'replace-file', 'fault', 'http', 'program-output'),
  },
}

// `npm run test:mutants -- FOLDER…`: one after the other, and last of all that runs on this machine. Stryker splits what it is told to
// mutate at each comma, also within braces: each file stands for itself.
await asScript(() => {
  const { positionals, values } = scriptFlags(
    { allowPositionals: true, options: { help: { type: 'boolean' } } },
    'npm run test:mutants -- --help',
  )
  const names = Object.keys(folders)
  if (values.help === true) return void process.stdout.write(`usage: npm run test:mutants -- [${names.join(' | ')}]…\n`)
  const unknown = positionals.find((name) => !Object.hasOwn(folders, name))
  if (unknown !== undefined) throw usageError(`There is no ${unknown}.`, nameHint(unknown, names, ''))
  setPriority(19)
  for (const name of positionals.length > 0 ? positionals : names) {
    const { mutate = [], tests = [] } = folders[name] ?? {}
    const env = { ...process.env, KINDUP_MUTANTS_TESTS: tests.join(' '), KINDUP_PROPERTY_RUNS: '20' }
    const args = ['run', 'test/mutants/stryker.json', '--mutate', mutate.join(',')]
    const { status, error } = spawnSync('stryker', args, { stdio: 'inherit', env })
    if (error) throw usageError(`stryker cannot be run (${messageOf(error)}).`, 'npm run test:mutants, after npm ci')
    if (status !== 0) process.exitCode = 1
  }
})
