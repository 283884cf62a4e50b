import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createWithKind, progress } from '../../../../cluster/kind/create.ts'
import { clusterPaths } from '../../../../cluster/paths.ts'
import { makeRun } from '../../../../core/run.ts'
import { standInEngine } from '../../../support/stand-in-engine.ts'
import { ownFolder } from '../../../support/own-folder.ts'

describe('createWithKind', () => {
  it('gives kind the document, a name and the engine, and never the user’s kubeconfig', async () => {
    const folder = await ownFolder()
    const program = join(folder, 'kind')
    await writeFile(
      program,
      `#!/bin/sh\nprintf '%s\\n' "$*" "$KIND_EXPERIMENTAL_PROVIDER" "$KUBECONFIG" > ${folder}/asked\ncat > ${folder}/document\necho ' • Preparing nodes 📦 📦  ...' >&2\necho ' ✓ Preparing nodes 📦 📦' >&2\n`,
    )
    await chmod(program, 0o755)
    const paths = clusterPaths('demo', { KINDUP_CACHE: join(folder, 'cache') })
    const told: string[] = []
    await createWithKind({
      kind: { path: program },
      engine: standInEngine({ name: 'podman' }).engine,
      run: makeRun(),
      paths,
      name: 'demo',
      direct: [],
      document: 'kind: Cluster\n',
      signal: new AbortController().signal,
      timeoutMs: 120_000,
      report: (line) => void told.push(line),
    })
    expect(await readFile(join(folder, 'document'), 'utf8')).toBe('kind: Cluster\n')
    expect((await readFile(join(folder, 'asked'), 'utf8')).trim().split('\n')).toEqual([
      `create cluster --name demo --config - --kubeconfig ${paths.kindKubeconfig} --retain`,
      'podman',
      paths.kindKubeconfig,
    ])
    expect(told).toEqual(['preparing nodes'])
    expect((await stat(paths.folder)).mode & 0o777).toBe(0o700)
  })
})

describe('progress', () => {
  it.each([
    [' • Ensuring node image (kindest/node:v1.36.2) 🖼  ...', 'ensuring node image (kindest/node:v1.36.2)'],
    [' • Starting control-plane 🕹️  ...', 'starting control-plane'],
    [' • Joining worker nodes 🚜  ...', 'joining worker nodes'],
    [' ✓ Starting control-plane 🕹️', undefined],
    ['Set kubectl context to "kind-demo"', undefined],
    ['', undefined],
  ])('reads «%s»', (line, doing) => {
    expect(progress(line)).toBe(doing)
  })
})
