import { describe, expect, it } from 'vitest'
import type { Engine } from '../../../../cluster/engine/engine.ts'
import { seen } from '../../../../cluster/engine/seen.ts'
import { makeObservations } from '../../../../core/observations.ts'
import { standInEngine } from '../../../support/stand-in-engine.ts'

/** An engine whose calls are written down. */
const written = () => {
  const calls: string[] = []
  const { engine } = standInEngine()
  const told = (name: string, answer: unknown) => (what: unknown) => {
    calls.push(`${name} ${String(what)}`)
    return Promise.resolve(answer)
  }
  const spy = {
    ...engine,
    volume: told('volume', undefined),
    containers: told('containers', []),
    image: told('image', undefined),
    hasNetwork: told('network', true),
    createVolume: told('create', undefined),
    pull: told('pull', undefined),
    removeContainers: told('remove', undefined),
    exec: told('exec', { stdout: '', stderr: '', code: 0 }),
  } as unknown as Engine
  return { calls, spy }
}

describe('seen', () => {
  it('asks an engine the same once while a run looks', async () => {
    const { calls, spy } = written()
    const looks = makeObservations()
    looks.probe()
    const engine = seen(spy, looks)
    for (let time = 0; time < 2; time++)
      await Promise.all([
        engine.volume('a'),
        engine.volume('b'),
        engine.containers('label=a'),
        engine.image('a'),
        engine.hasNetwork('a'),
        engine.exec('a', ['true']),
      ])
    expect(calls.toSorted()).toEqual(
      ['containers label=a', 'exec a', 'exec a', 'image a', 'network a', 'volume a', 'volume b'].toSorted(),
    )
  })

  it.each([
    ['createVolume', (engine: Engine) => engine.createVolume('a', {})],
    ['pull', (engine: Engine) => engine.pull('a')],
    ['removeContainers', (engine: Engine) => engine.removeContainers(['a'])],
  ])('forgets all of it with %s', async (_name, change) => {
    const { calls, spy } = written()
    const looks = makeObservations()
    looks.probe()
    const engine = seen(spy, looks)
    await engine.containers('label=a')
    await change(engine)
    await engine.containers('label=a')
    expect(calls.filter((call) => call.startsWith('containers'))).toHaveLength(2)
  })

  it('forgets it also with a change that failed: it may have been made', async () => {
    const { calls, spy } = written()
    const looks = makeObservations()
    looks.probe()
    const engine = seen({ ...spy, pull: () => Promise.reject(new Error('cut off')) }, looks)
    await engine.image('a')
    await expect(engine.pull('a')).rejects.toThrow('cut off')
    await engine.image('a')
    expect(calls).toEqual(['image a', 'image a'])
  })

  it('asks each time while a run acts', async () => {
    const { calls, spy } = written()
    const engine = seen(spy, makeObservations())
    await engine.containers('label=a')
    await engine.containers('label=a')
    expect(calls).toHaveLength(2)
  })
})
