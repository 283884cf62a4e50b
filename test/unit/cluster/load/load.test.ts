import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { loadImages, missingImages } from '../../../../cluster/load/load.ts'
import type { LoadMemory } from '../../../../cluster/load/memory.ts'
import type { EngineImage, EngineInfo } from '../../../../cluster/engine/engine.ts'
import { standInEngine } from '../../../support/stand-in-engine.ts'
import { ownFolder } from '../../../support/own-folder.ts'

const image = (id: string): EngineImage => ({ id, labels: {}, architecture: 'amd64', repoDigests: [] })

const answer = (stdout: string) => Promise.resolve({ stdout, stderr: '', code: 0 })

/** Nodes that are folders: what is imported is kept in a file, and what was imported is listed. */
const nodesIn = async (
  held: Readonly<Record<string, Readonly<Record<string, string>>>>,
  info: Partial<EngineInfo> = {},
) => {
  const folder = await ownFolder()
  const imports: string[][] = []
  const saves: (string | undefined)[] = []
  const executed: string[] = []
  const { engine } = standInEngine({
    info,
    images: { 'web:1': image('sha256:web'), 'api:1': image('sha256:api') },
    exec: (container, command) => {
      executed.push(`${container}: ${command.join(' ')}`)
      if (command[0] === 'crictl') {
        const images = Object.entries(held[container] ?? {}).map(([ref, id]) => ({ id, repoTags: [ref] }))
        return answer(JSON.stringify({ images }))
      }
      if (command[0] === 'containerd')
        return answer(`[plugins.'io.containerd.cri.v1.images']\n  snapshotter = 'native'\n`)
      if (/^ctr --namespace=k8s.io (?:images|content)$/.test(command.slice(0, 3).join(' '))) return answer('')
      return Promise.reject(new Error(`nobody told what ${command.join(' ')} does`))
    },
    over: {
      saveCommand: (refs, platform) => {
        saves.push(platform)
        return ['printf', '%s\\n', refs.join(' ')]
      },
      execCommand: (container, command) => {
        imports.push([container, ...command])
        return ['sh', '-c', `cat >> ${folder}/${container}`]
      },
    },
  })
  const received = async () =>
    Object.fromEntries(
      await Promise.all(
        (await readdir(folder)).map(async (name) => {
          const text = await readFile(join(folder, name), 'utf8')
          return [name, text.trim().split('\n').toSorted()] as const
        }),
      ),
    )
  return { engine, received, imports, saves, executed }
}

const memory = (): LoadMemory => ({ there: new Set(), imageStores: new Map(), underWay: new Map() })

describe('loadImages', () => {
  it('sends each node what it lacks, one archive for nodes that lack the same', async () => {
    const { engine, received, imports } = await nodesIn({
      a: {},
      b: {},
      c: { 'docker.io/library/web:1': 'sha256:web', 'docker.io/library/api:1': 'sha256:older' },
    })
    const options = { engine, images: ['web:1', 'api:1', 'unknown:1', 'web:1'], containers: ['a', 'b', 'c'] }
    expect(await missingImages(options)).toEqual(['web:1', 'api:1'])
    expect(await loadImages(options)).toEqual(['web:1', 'api:1'])
    expect(await received()).toEqual({ a: ['api:1', 'web:1'], b: ['api:1', 'web:1'], c: ['api:1'] })
    expect(imports).toHaveLength(5)
    expect(imports).toContainEqual([
      'a',
      'ctr',
      '--namespace=k8s.io',
      'images',
      'import',
      '--all-platforms',
      '--snapshotter=native',
      '-',
    ])
  })

  it('looks into a node once, and again when something was sent there', async () => {
    const held: Record<string, string> = { 'docker.io/library/web:1': 'sha256:web' }
    const { engine, executed } = await nodesIn({ a: held })
    const options = { engine, containers: ['a'], memory: { ...memory(), firstLooks: new Map() } }
    const looks = () => executed.filter((line) => line.includes('crictl'))
    expect(await loadImages({ ...options, images: ['web:1'] })).toEqual([])
    expect(await loadImages({ ...options, images: ['api:1'] })).toEqual(['api:1'])
    expect(looks()).toHaveLength(1)
    held['docker.io/library/api:1'] = 'sha256:api'
    expect(await missingImages({ ...options, images: ['api:1'] })).toEqual([])
    expect(looks()).toHaveLength(2)
  })

  it('looks into no node for what is nowhere', async () => {
    const { engine, executed } = await nodesIn({ a: {} })
    expect(await loadImages({ engine, images: ['unknown:1'], containers: ['a'] })).toEqual([])
    expect(executed).toEqual([])
  })

  it('says how much is on its way and how fast, as far as the engine tells how large the images are', async () => {
    const { engine } = await nodesIn({ a: {} })
    let clock = 0
    const time = vi.spyOn(performance, 'now').mockImplementation(() => (clock += 1000))
    const linesWith = async (size: number | undefined, images: readonly string[]): Promise<readonly string[]> => {
      const lines: string[] = []
      const sized = {
        ...engine,
        image: async (ref: string) => {
          const found = await engine.image(ref)
          return found && { ...found, ...(size !== undefined && { size }) }
        },
        saveCommand: () => ['sh', '-c', 'head -c 20000000 /dev/zero'],
        execCommand: () => ['sh', '-c', 'cat >/dev/null'],
      }
      await loadImages({ engine: sized, images, containers: ['a'], report: (line) => lines.push(line) })
      return lines
    }
    try {
      const known = await linesWith(40e6, ['web:1'])
      expect(known.at(-1)).toMatch(/^20 of 40 MB, \d+(\.\d)? MB\/s$/)
      expect((await linesWith(undefined, ['web:1'])).at(-1)).toMatch(/^20 MB, \S+ MB\/s$/)
      expect((await linesWith(40e6, ['web:1', 'api:1'])).at(-1)).toMatch(/^20 of at most 80 MB, \S+ MB\/s$/)
    } finally {
      time.mockRestore()
    }
  })

  it('sends nothing that is there', async () => {
    const { engine, imports } = await nodesIn({ a: { 'docker.io/library/web:1': 'sha256:web' } })
    expect(await loadImages({ engine, images: ['web:1'], containers: ['a'] })).toEqual([])
    expect(imports).toEqual([])
  })

  it('sends one platform of an engine that keeps images in containerd, and remembers what it sent', async () => {
    const { engine, imports, saves, executed } = await nodesIn({ a: {} }, { containerdStore: true, version: '28.1.0' })
    await loadImages({ engine, images: ['web:1'], containers: ['a'] })
    expect(saves).toEqual(['linux/amd64'])
    expect(imports[0]).toContain('--platform')
    expect(imports[0]).not.toContain('--all-platforms')
    expect(executed.at(-1)).toBe(
      'a: ctr --namespace=k8s.io images label docker.io/library/web:1 dev.kindup.image=sha256:web',
    )
  })

  it('asks an older docker for no platform, which it does not know', async () => {
    const { engine, saves } = await nodesIn({ a: {} }, { containerdStore: true, version: '27.5.1' })
    await loadImages({ engine, images: ['web:1'], containers: ['a'] })
    expect(saves).toEqual([undefined])
  })

  it('sends the whole image when the archive without the layers that the node had is refused', async () => {
    const folder = await ownFolder()
    const layer = Buffer.alloc(300_000, 'layer')
    const hex = createHash('sha256').update(layer).digest('hex')
    await Promise.all(['blobs/sha256', 'seen'].map((name) => mkdir(join(folder, name), { recursive: true })))
    await Promise.all(
      [`blobs/sha256/${hex}`, 'index.json', 'oci-layout'].map((name, index) =>
        writeFile(join(folder, name), index === 0 ? layer : '{}'),
      ),
    )
    const { engine } = await nodesIn({ a: { 'docker.io/library/web:0': 'sha256:older' } })
    const tar = ['tar', '-C', folder, '-cf', '-', 'oci-layout', 'index.json', `blobs/sha256/${hex}`]
    // It says that it has the layer, and it is swept away before the archive comes.
    const refuses = 'echo "ctr: content digest: not found" >&2; exit 1'
    const swept = {
      ...engine,
      exec: (container: string, command: readonly string[]) =>
        command.includes('content') ? answer(`sha256:${hex}\n`) : engine.exec(container, command),
      saveCommand: () => tar,
      execCommand: () => [
        'sh',
        '-c',
        `cd ${folder}/seen; n=$(ls | wc -l); tar -tf - >$n; test $n -gt 0 || { ${refuses}; }`,
      ],
    }
    const lines: string[] = []
    const report = (line: string) => lines.push(line)
    const options = { engine: swept, images: ['web:1'], containers: ['a'], cacheFolder: folder, report }
    expect(await loadImages(options)).toEqual(['web:1'])
    expect(lines).toContainEqual(expect.stringMatching(/^web:1 is sent whole, .*content digest: not found/))
    const [lean, whole, ...more] = await Promise.all(
      (await readdir(join(folder, 'seen'))).toSorted().map((name) => readFile(join(folder, 'seen', name), 'utf8')),
    )
    expect(lean).not.toContain(hex)
    expect(whole).toContain(hex)
    expect(more).toEqual([])
    await rm(folder, { recursive: true })
  })

  it('sends nothing twice that several steps want at the same time', async () => {
    const { engine, received, imports } = await nodesIn({ a: {}, b: {} })
    const options = { engine, containers: ['a', 'b'], memory: memory() }
    const sent = await Promise.all([
      loadImages({ ...options, images: ['web:1'] }),
      loadImages({ ...options, images: ['web:1', 'api:1'] }),
      loadImages({ ...options, images: ['web:1'], containers: ['b'] }),
    ])
    expect(sent).toEqual([['web:1'], ['api:1'], []])
    expect(await received()).toEqual({ a: ['api:1', 'web:1'], b: ['api:1', 'web:1'] })
    expect(imports).toHaveLength(4)
  })

  it('sends what another step could not', async () => {
    const { engine, received } = await nodesIn({ a: {} })
    let calls = 0
    const failsOnce = {
      ...engine,
      execCommand: (container: string, command: readonly string[]) =>
        (calls += 1) === 1
          ? ['sh', '-c', 'cat >/dev/null; echo "ctr: the node went away" >&2; exit 1']
          : engine.execCommand(container, command),
    }
    const options = { engine: failsOnce, images: ['web:1'], containers: ['a'], memory: memory() }
    const [first, second] = await Promise.allSettled([loadImages(options), loadImages(options)])
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'image-not-sent' } })
    expect(second).toEqual({ status: 'fulfilled', value: ['web:1'] })
    expect(await received()).toEqual({ a: ['web:1'] })
  })

  it('stops waiting for another step when its own signal comes', async () => {
    const { engine } = await nodesIn({ a: {} })
    const held = memory()
    const never = new Promise<never>(() => undefined)
    held.underWay.set('a web:1', never)
    const stop = new AbortController()
    const sent = loadImages({ engine, images: ['web:1'], containers: ['a'], memory: held, signal: stop.signal })
    stop.abort(new Error('stopped'))
    await expect(sent).rejects.toMatchObject({ code: 'stopped' })
  })

  it('says what a node refused, and what to do about an image of which only parts are there', async () => {
    const { engine } = await nodesIn({ a: {} })
    const refusing = {
      ...engine,
      execCommand: () => ['sh', '-c', 'cat >/dev/null; echo "ctr: content digest sha256:x: not found" >&2; exit 1'],
    }
    await expect(loadImages({ engine: refusing, images: ['web:1'], containers: ['a'] })).rejects.toMatchObject({
      code: 'image-not-sent',
      message: expect.stringContaining('content digest'),
      hints: [expect.stringContaining('docker pull --platform linux/amd64 web:1')],
    })
  })

  it('names the node whose disk is full, and how to make room', async () => {
    const { engine } = await nodesIn({ a: {}, b: {} })
    const full = 'ctr: failed to ingest "1/layer.tar": failed to copy: write /data: no space left on device'
    const refusing = {
      ...engine,
      execCommand: (container: string) =>
        container === 'b' ? ['sh', '-c', `echo '${full}' >&2; exit 1`, 'docker', 'exec', 'b'] : ['cat'],
    }
    const sent = loadImages({ engine: refusing, images: ['web:1'], containers: ['a', 'b'] })
    await expect(sent).rejects.toMatchObject({
      code: 'disk-full',
      message: `The disk of node b is full: web:1 could not be put into the nodes. ${full}`,
      hints: [
        expect.stringContaining('docker system df'),
        expect.stringContaining('docker system prune'),
        expect.stringContaining('docker exec b crictl rmi --prune'),
      ],
    })
  })

  it('warns of an image for another kind of processor when it sends it, and only then', async () => {
    const { engine } = await nodesIn(
      { a: {}, b: { 'docker.io/library/web:1': 'sha256:web' } },
      { architecture: 'arm64' },
    )
    const warnings: string[] = []
    const warn = (text: string) => warnings.push(text)
    await loadImages({ engine, images: ['web:1'], containers: ['b'], warn })
    expect(warnings).toEqual([])
    await loadImages({ engine, images: ['web:1'], containers: ['a'], warn })
    expect(warnings).toEqual([
      expect.stringMatching(/^Image web:1 is for amd64, and the nodes are arm64: .*linux\/arm64/),
    ])
  })
})
