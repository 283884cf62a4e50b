import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { showHosts } from '../../hosts/hosts-file.ts'
import { fromKind } from '../unit/cluster/kubeconfig/shapes.ts'
import { hostsBefore, kubeconfigBefore } from './shop.ts'

const source = fileURLToPath(new URL('../support/one-of-many.ts', import.meta.url))
const names = Array.from({ length: 20 }, (_, index) => `many-${index}`)

let folder = ''
let runs: readonly ChildProcess[] = []
const file = (name: string): string => join(folder, name)
const said = async (child: ChildProcess): Promise<unknown> => (await once(child, 'message'))[0]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-at-once-'))
  await writeFile(file('config'), kubeconfigBefore)
  await writeFile(file('hosts'), hostsBefore)
  // Twenty times a hundred files are read in the time of the test otherwise.
  await build({ input: source, platform: 'node', logLevel: 'silent', output: { file: file('run/one.mjs') } })
  runs = names.map((name) => fork(file('run/one.mjs'), [name, file('config'), file('hosts')], { execArgv: [] }))
  await Promise.all(runs.map(said))
})
afterAll(async () => {
  for (const child of runs) child.kill()
  await rm(folder, { recursive: true })
})

/** All of them begin when all of them are there. */
const all = (what: 'add' | 'remove'): Promise<readonly unknown[]> =>
  Promise.all(
    runs.map((child, index) => {
      const answer = said(child)
      child.send(what === 'add' ? fromKind(names[index] ?? '') : what)
      return answer
    }),
  )

it('loses nothing of twenty runs on one kubeconfig and one hosts file, and leaves the bytes of before', async () => {
  expect(new Set(await all('add'))).toEqual(new Set(['done']))
  const kubeconfig = await readFile(file('config'), 'utf8')
  for (const name of names) {
    expect(kubeconfig.match(new RegExp(`name: kind-${name}$`, 'gm'))).toHaveLength(3)
    expect(await showHosts(file('hosts'), name)).toEqual([`${name}.test`])
  }
  expect(kubeconfig).toContain('server: https://work.test:6443}   # do not touch')

  expect(new Set(await all('remove'))).toEqual(new Set(['done']))
  expect(await readFile(file('hosts'), 'utf8')).toBe(hostsBefore)
  // Which of them was the current context, and of whom, is another each time.
  const end = await readFile(file('config'), 'utf8')
  expect(end.replace(/^current-context:.*\n/m, '')).toBe(kubeconfigBefore.replace(/^current-context:.*\n/m, ''))
  expect((await readdir(folder)).toSorted()).toEqual(['config', 'hosts', 'run'])
})
