import { describe, expect, it } from 'vitest'
import { takeMarker } from '../../../../cluster/ownership-marker.ts'
import { nameTaken, situationOf } from '../../../../cluster/kind/situation.ts'
import { nodeContainer, standInEngine } from '../../../support/stand-in-engine.ts'

const file = '/w/kindup.yaml'
const marker = {
  name: 'demo',
  version: '0',
  engine: 'docker',
  config: file,
  kubeconfig: '/k',
  kubeconfigCreated: false,
  hostsCreated: false,
} as const

const asked = async (withMarker: boolean, containers: boolean, by = file) => {
  const { engine } = standInEngine({ containers: containers ? [nodeContainer('demo', 'control-plane')] : [] })
  if (withMarker) await takeMarker(engine, marker)
  return nameTaken(engine, { name: 'demo', file: by }, await situationOf(engine, 'demo'))
}

describe('nameTaken', () => {
  it('is not, where nothing is there, or what is there is of this file', async () => {
    expect(await asked(false, false)).toBeUndefined()
    expect(await asked(true, false)).toBeUndefined()
    expect(await asked(true, true)).toBeUndefined()
  })

  it('is by a cluster without an ownership marker', async () => {
    const error = await asked(false, true)
    expect(error).toMatchObject({ code: 'name-taken', exitCode: 1 })
    expect(error?.hints.join()).toContain('--name')
    expect(error?.hints.join()).toContain('kind delete cluster --name demo')
  })

  it('is by the ownership marker of another file', async () => {
    const error = await asked(true, true, '/elsewhere/kindup.yaml')
    expect(error?.message).toContain(file)
    expect(error?.hints.join()).toContain('kindup down --name demo')
    expect(error?.hints.join()).not.toContain('the same environment')
  })

  it('is told where the other file stands beside it, as another version of it would', async () => {
    const error = await asked(true, true, '/w/after.yaml')
    expect(error?.code).toBe('name-taken')
    expect(error?.hints.join()).toContain('Make the change in kindup.yaml')
  })
})
