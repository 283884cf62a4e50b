import { spawnSync } from 'node:child_process'
import { setPriority } from 'node:os'
import process from 'node:process'

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
const asked = process.argv.slice(2)
const unknown = asked.find((name) => folders[name] === undefined)
if (unknown !== undefined) throw new Error(`There is no ${unknown}. Folders: ${Object.keys(folders).join(', ')}`)
setPriority(19)
for (const name of asked.length > 0 ? asked : Object.keys(folders)) {
  const { mutate = [], tests = [] } = folders[name] ?? {}
  const env = { ...process.env, KINDUP_MUTANTS_TESTS: tests.join(' '), KINDUP_PROPERTY_RUNS: '20' }
  const args = ['run', 'test/mutants/stryker.json', '--mutate', mutate.join(',')]
  const { status } = spawnSync('stryker', args, { stdio: 'inherit', env })
  if (status !== 0) process.exitCode = 1
}
