import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { namedNodes } from '../../../../cluster/nodes/may-run.ts'
import { EnvironmentError } from '../../../../core/errors.ts'
import { lackingProblems, localOnly } from '../../../../manifests/problems/local-only.ts'
import { madeNode } from '../../../support/made-config.ts'
import { standInEngine } from '../../../support/stand-in-engine.ts'
import { madeDeployable } from '../made-deployable.ts'

const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: {
    initContainers: [{ name: 'i', image: 'team/x:1', imagePullPolicy: 'Never' }],
    containers: [
      { name: 'a', image: 'team/y:1' },
      { name: 'b', image: 'localhost/z:1' },
      { name: 'c', image: 'localhost:5001/w:1' },
    ],
  },
}
const at = { file: 'web.yaml', line: 7 }
const wanted = (isBuilt: (image: string) => boolean = () => false) =>
  localOnly(madeDeployable('service/web'), [{ object: pod, at }], isBuilt)

const image = { id: 'sha256:1', labels: {}, architecture: 'amd64', repoDigests: [] }
const nodes = namedNodes('demo', [madeNode('control-plane'), madeNode('worker')])

/** An engine with these images, and a worker with those; the control plane does not run. */
const clusterWith = (inEngine: readonly string[], inWorker: readonly string[]) => {
  const { engine } = standInEngine({
    images: Object.fromEntries(inEngine.map((ref) => [ref, image])),
    exec: (container, command) => {
      if (container === 'demo-control-plane') return Promise.reject(new EnvironmentError('command-failed', 'stopped'))
      if (command[0] !== 'crictl') return Promise.reject(new Error(`nobody told what ${command.join(' ')} does`))
      const images = inWorker.map((ref) => ({ id: 'sha256:1', repoTags: [`docker.io/${ref}`] }))
      return Promise.resolve({ stdout: JSON.stringify({ images }), stderr: '', code: 0 })
    },
  })
  return { nodes, engine: () => Promise.resolve(engine) }
}

describe('images that no registry brings', () => {
  it('are those that may not be pulled and those of this machine, unless they are built here', () => {
    expect(wanted().map((one) => one.image)).toEqual(['team/x:1', 'localhost/z:1'])
    expect(wanted((ref) => ref === 'team/x:1').map((one) => one.image)).toEqual(['localhost/z:1'])
  })

  it('are named once for a service, with all that runs them and an entry that can be pasted', () => {
    const twice = localOnly(
      madeDeployable('service/web'),
      ['web', 'job'].map((name) => ({
        object: {
          ...pod,
          metadata: { name },
          spec: { containers: [{ name: 'db', image: 'localhost/postgres:alpine' }] },
        },
        at,
      })),
      () => false,
    )
    expect(twice.map(({ problem }) => [problem.message, problem.hint])).toEqual([
      [
        expect.stringMatching(
          /^Container db of Pod web and container db of Pod job run localhost\/postgres:alpine, and/,
        ),
        expect.stringContaining('images: { postgres: { ref: "postgres:alpine", name: localhost/postgres } }'),
      ],
    ])
  })

  it('are refused with their place where neither the engine nor a node holds them', async () => {
    const found = await lackingProblems(wanted(), clusterWith([], []))
    expect(found).toMatchObject([
      {
        severity: 'error',
        at,
        step: 'service/web',
        message: expect.stringMatching(/team\/x:1 with imagePullPolicy Never/),
      },
      { severity: 'error', at, message: expect.stringMatching(/localhost\/z:1, and nothing puts/) },
    ])
  })

  it('are fine where the engine holds them, or a node', async () => {
    expect(await lackingProblems(wanted(), clusterWith(['team/x:1', 'localhost/z:1'], []))).toEqual([])
    expect(await lackingProblems(wanted(), clusterWith(['localhost/z:1'], ['team/x:1']))).toEqual([])
  })

  it('are warned of where no engine can be asked, and none is asked where there are none', async () => {
    const away = { nodes, engine: () => Promise.reject(new EnvironmentError('engine-unreachable', 'It is away.')) }
    expect(await lackingProblems(wanted(), away)).toMatchObject([
      {
        severity: 'warning',
        at,
        message: expect.stringMatching(/team\/x:1 with imagePullPolicy Never.* could be asked/),
      },
      { severity: 'warning', at, message: expect.stringMatching(/localhost\/z:1, which is not .* could be asked/) },
    ])
    const untold = { nodes, engine: () => Promise.reject(new Error('nobody may ask')) }
    expect(await lackingProblems([], untold)).toEqual([])
  })
})
