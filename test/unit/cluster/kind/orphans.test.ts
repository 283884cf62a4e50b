import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { endOrphans } from '../../../../cluster/kind/orphans.ts'
import { clusterPaths } from '../../../../cluster/paths.ts'
import { makeRun } from '../../../../core/run.ts'
import { ownFolder } from '../../../support/own-folder.ts'

/** A process that waits, started with these words, in a group of its own. */
const waiting = async (...words: string[]): Promise<ChildProcess> => {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => 0, 1000)', '--', ...words], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

describe.skipIf(process.platform === 'win32')('endOrphans', () => {
  it('ends the kind that was told to write our private file, and no other', async () => {
    const folder = await ownFolder()
    const paths = clusterPaths('demo', { KINDUP_CACHE: folder })
    const other = clusterPaths('other', { KINDUP_CACHE: folder })
    const ours = await waiting('create', 'cluster', '--kubeconfig', paths.kindKubeconfig)
    const theirs = await waiting('create', 'cluster', '--kubeconfig', other.kindKubeconfig)
    const reader = await waiting('cat', paths.kindKubeconfig)
    const ended = once(ours, 'exit')
    await endOrphans(makeRun(), paths, new AbortController().signal)
    expect(await ended).toEqual([null, 'SIGKILL'])
    expect([theirs.signalCode, reader.signalCode]).toEqual([null, null])
  })

  it('is content when there is none', async () => {
    const paths = clusterPaths('demo', { KINDUP_CACHE: await ownFolder() })
    await expect(endOrphans(makeRun(), paths, new AbortController().signal)).resolves.toBeUndefined()
  })
})
