import { spawnSync } from 'node:child_process'
import { setPriority } from 'node:os'
import process from 'node:process'

/** What is mutated, and the tests that are asked: those that take milliseconds, because each runs for every mutant that it reaches. */
const folders: Readonly<Record<string, { readonly mutate: string; readonly tests: readonly string[] }>> = {
  hosts: { mutate: 'hosts/{block,names}.ts', tests: ['test/unit/hosts/{block,names}.test.ts'] },
  'yaml-edit': { mutate: 'core/yaml-edit/*.ts', tests: ['test/unit/scripts/image-edit/**/*.test.ts'] },
  kubeconfig: {
    mutate: 'cluster/kubeconfig/{add-entries,document,entries,remove-entries}.ts',
    tests: ['test/unit/cluster/kubeconfig/entries.test.ts'],
  },
  core: {
    mutate: 'core/{fields,glob,identity,observations,placeholders,plan,problem,suggest,timeline,wait,walk}.ts',
    tests: ['test/unit/core/{glob,identity,observations,placeholders,plan,suggest,timeline,wait,walk}.test.ts'],
  },
}

// `npm run test:mutants -- FOLDER…`: one after the other, and last of all that runs on this machine.
const asked = process.argv.slice(2)
const unknown = asked.find((name) => folders[name] === undefined)
if (unknown !== undefined) throw new Error(`There is no ${unknown}. Folders: ${Object.keys(folders).join(', ')}`)
setPriority(19)
for (const name of asked.length > 0 ? asked : Object.keys(folders)) {
  const { mutate = '', tests = [] } = folders[name] ?? {}
  const env = { ...process.env, KINDUP_MUTANTS_TESTS: tests.join(' ') }
  const args = ['run', 'test/mutants/stryker.json', '--mutate', mutate]
  const { status } = spawnSync('stryker', args, { stdio: 'inherit', env })
  if (status !== 0) process.exitCode = 1
}
