import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Deployable } from '../../../../manifests/deployable.ts'
import { realTool } from '../../../support/real-tools.ts'
import { madeDeployable } from '../../manifests/made-deployable.ts'
import { makeWorld } from './world.ts'

const helm4 = realTool('helm4')

const deployment = (name: string) => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: a, image: team/here, readinessProbe: { httpGet: { port: 80 } } }, { name: b, image: team/away:latest, readinessProbe: { httpGet: { port: 80 } } }] }
`

const plain = (folder: string): Deployable => {
  const file = join(folder, 'plain.yaml')
  writeFileSync(file, deployment('plain'))
  return madeDeployable('service/plain', { source: { kind: 'manifests', paths: [file] } })
}

const chart = (folder: string): Deployable => {
  const root = join(folder, 'chart')
  mkdirSync(join(root, 'templates'), { recursive: true })
  writeFileSync(join(root, 'Chart.yaml'), 'apiVersion: v2\nname: chart\nversion: 0.1.0\n')
  writeFileSync(join(root, 'templates', 'web.yaml'), deployment('chart'))
  return madeDeployable('service/chart', {
    source: { kind: 'helm', chart: { chart: root }, release: 'chart', values: [] },
  })
}

const runsItsCopy = async (
  make: (folder: string) => Deployable,
  name: string,
  helm?: string,
): Promise<readonly string[]> => {
  await using world = await makeWorld(helm === undefined ? undefined : { major: 4, path: helm }, undefined, [
    'team/here',
  ])
  await world.up([make(world.folder)])
  const live = world.state.get({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'dev', name })
  expect(live?.['spec']).toMatchObject({
    template: {
      spec: {
        containers: [
          { image: 'team/here', imagePullPolicy: 'IfNotPresent' },
          // Nobody holds it: what the API makes of it stays.
          expect.not.objectContaining({ imagePullPolicy: 'IfNotPresent' }),
        ],
      },
    },
  })
  return await world.up([make(world.folder)])
}

describe('an image without a tag is run from the node where the engine holds it', () => {
  it('deployed by plain manifests', async () => {
    expect(await runsItsCopy(plain, 'plain')).toEqual(['service/plain ready'])
  })
  it.runIf(helm4)('deployed by a chart', async () => {
    expect(await runsItsCopy(chart, 'chart', helm4)).toEqual(['service/chart ready'])
  })
})
