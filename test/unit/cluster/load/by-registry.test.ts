import { describe, expect, it } from 'vitest'
import { EnvironmentError } from '../../../../core/errors.ts'
import { registryFull } from '../../../../cluster/registry/full.ts'
import type { NodeRegistry } from '../../../../cluster/load/by-registry.ts'
import { loadImages } from '../../../../cluster/load/load.ts'
import type { EngineImage } from '../../../../cluster/engine/engine.ts'
import { standInEngine } from '../../../support/stand-in-engine.ts'

const id = 'a'.repeat(64)
const large: EngineImage = {
  id: `sha256:${id}`,
  labels: {},
  architecture: 'amd64',
  repoDigests: [],
  size: 629e6,
}
const published = `localhost:5001/kindup/team/web:${id}`

/** An engine with one image, two nodes that hold an older build of it, and what was done in order. */
const lab = (
  parts: {
    readonly image?: Partial<EngineImage>
    readonly older?: string
    readonly pull?: () => void
    readonly push?: (onLine: (line: string) => void, signal: AbortSignal) => Promise<void>
    readonly answer?: string
    readonly full?: boolean
    readonly containerdStore?: boolean
  } = {},
) => {
  const done: string[] = []
  const said: string[] = []
  const warned: string[] = []
  const { older = 'reg.example/team/web:0' } = parts
  const { engine, world } = standInEngine({
    // From another machine nothing is pushed to this one.
    info: { containerdStore: parts.containerdStore ?? false, host: 'build' },
    images: { 'reg.example/team/web:1': { ...large, ...parts.image } },
    exec: (container, words) => {
      const [program, , , , ...rest] = words
      if (program === 'sh') {
        parts.pull?.()
        done.push(`${container} pulls ${rest.join(' ')}`)
      }
      const stdout =
        program === 'crictl'
          ? JSON.stringify({ images: [{ id: 'sha256:older', repoTags: [older] }] })
          : program === 'containerd'
            ? `[plugins.'io.containerd.cri.v1.images']\n  snapshotter = 'native'\n`
            : ''
      return Promise.resolve({ stdout, stderr: '', code: 0 })
    },
    over: {
      tag: async (ref, as) => void world.images.set(as, world.images.get(ref)!),
      push: async (ref, { onLine = () => undefined, signal } = {}) => {
        done.push(`pushes ${ref}`)
        await parts.push?.(onLine, signal!)
      },
      saveCommand: (refs) => {
        done.push(`saves ${refs.join(' ')}`)
        return ['true']
      },
      execCommand: () => ['cat'],
    },
  })
  const registry: NodeRegistry = {
    host: 'localhost:5001',
    find: () => Promise.resolve(parts.answer === 'none' ? 'no answer' : { digest: parts.answer }),
    refused: (ref) =>
      Promise.resolve(
        parts.full
          ? registryFull({ host: 'localhost:5001', container: 'kindup-registry-5001', what: ref, engine: 'docker' })
          : undefined,
      ),
  }
  const load = (more: Partial<Parameters<typeof loadImages>[0]> = {}) =>
    loadImages({
      engine,
      registry,
      images: ['reg.example/team/web:1'],
      containers: ['a', 'b'],
      report: (line) => void said.push(line),
      warn: (line) => void warned.push(line),
      ...more,
    })
  return { load, done, said, warned, world }
}

const pulls = (container: string, mark = ''): string =>
  `${container} pulls ${published} reg.example/team/web:1 ${id} ${mark} --hosts-dir /etc/containerd/certs.d --snapshotter native`

describe('an image of which the nodes hold an older build', () => {
  it('goes through the registry, by its id and under the name that pods use, and the engine keeps no other name', async () => {
    const { load, done, world } = lab()
    expect(await load()).toEqual(['reg.example/team/web:1'])
    expect(done).toEqual([`pushes ${published}`, pulls('a'), pulls('b')])
    expect([...world.images.keys()]).toEqual(['reg.example/team/web:1'])
  })

  it('is not pushed again where the registry holds it', async () => {
    const { load, done } = lab({ answer: 'sha256:there' })
    await load()
    expect(done).toEqual([pulls('a'), pulls('b')])
  })

  it('gets the mark by which it is known again, where ids are those of manifests', async () => {
    const { load, done } = lab({ containerdStore: true, answer: 'sha256:there' })
    await load({ containers: ['a'] })
    expect(done).toEqual([pulls('a', `dev.kindup.image=sha256:${id}`)])
  })

  it.each<[string, Parameters<typeof lab>[0]]>([
    ['is small', { image: { size: 49e6 } }],
    ['has a size that nobody tells', { image: { size: 0 } }],
    ['came from an archive', { image: { standIn: 'x:1' } }],
    ['is new to the nodes', { older: 'reg.example/team/other:0' }],
  ])('is sent as ever where it %s', async (_why, parts) => {
    const { load, done } = lab(parts)
    await load()
    expect(done).toEqual([expect.stringMatching(/^saves /)])
  })

  it('is sent where there is no registry', async () => {
    const { load, done } = lab()
    await load({ registry: undefined })
    expect(done).toEqual(['saves reg.example/team/web:1'])
  })

  it('is sent, with the reason, where the registry does not answer', async () => {
    const { load, done, said } = lab({ answer: 'none' })
    expect(await load()).toEqual(['reg.example/team/web:1'])
    expect(done).toEqual(['saves reg.example/team/web:1'])
    expect(said).toContain(
      'reg.example/team/web:1 is sent whole, for it did not come by localhost:5001: The registry localhost:5001 does not answer.',
    )
  })

  it('is sent where the registry has no room, with what makes some', async () => {
    const { load, done, warned } = lab({
      full: true,
      push: () => Promise.reject(new EnvironmentError('command-failed', 'docker push failed')),
    })
    await load()
    expect(done).toEqual([`pushes ${published}`, 'saves reg.example/team/web:1'])
    expect(warned).toEqual([
      `The registry localhost:5001 is full: there is no space left on its disk for ${published}. reg.example/team/web:1 was sent whole instead, which takes longer. docker rm --force kindup-registry-5001 && docker volume rm kindup_registry-5001 && kindup up   # empties it: what the file needs is pushed again`,
    ])
  })

  it('is sent, and not waited for, where the registry refuses what it is given', async () => {
    const { load, done, said, world } = lab({
      push: (onLine, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error))
          onLine('5f70bf18a086: Retrying in 5 seconds')
        }),
    })
    await load()
    expect(done).toEqual([`pushes ${published}`, 'saves reg.example/team/web:1'])
    expect(said.at(-1)).toContain('was refused')
    expect([...world.images.keys()]).toEqual(['reg.example/team/web:1'])
  })

  it('is sent where a node cannot pull it, or gets another one', async () => {
    const { load, done, said } = lab({
      pull: () => {
        throw new Error('the registry holds another image')
      },
    })
    await load()
    expect(done).toEqual([`pushes ${published}`, 'saves reg.example/team/web:1'])
    expect(said.at(-1)).toContain('the registry holds another image')
  })

  it('is not sent any more once the run is stopped', async () => {
    const stop = new AbortController()
    const { load, done } = lab({
      push: async () => {
        stop.abort(new Error('stopped'))
        throw new Error('pushing was stopped')
      },
    })
    await expect(load({ signal: stop.signal })).rejects.toMatchObject({ code: 'stopped' })
    expect(done).toEqual([`pushes ${published}`])
  })
})
