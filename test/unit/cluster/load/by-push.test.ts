import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { mayPushHere, sendByPush } from '../../../../cluster/load/by-push.ts'
import { openPushIntake } from '../../../../cluster/load/push-intake.ts'
import type { EngineInfo } from '../../../../cluster/engine/engine.ts'
import { readTar } from '../../../../core/untar.ts'
import { ownFolder } from '../../../support/own-folder.ts'
import { standInEngine } from '../../../support/stand-in-engine.ts'

const digestOf = (bytes: Buffer | string): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
const ref = 'reg.example/team/web:2'
const base = digestOf('what is in the base')
const old = digestOf('what was in the line')
const fresh = digestOf('what is in the line')
const config = JSON.stringify({ rootfs: { diff_ids: [base, fresh] } })
const newLayer = Buffer.from('the line, compressed')

type Given = { readonly config: string; readonly layer: Buffer; readonly sendsUnasked?: boolean }

/** An engine that pushes as Docker does: it asks for what it knows the digest of, and sends what is not there. */
const pushTo = async (to: string, given: Given): Promise<string[]> => {
  const [host, path] = [to.slice(0, to.indexOf('/')), to.slice(to.indexOf('/') + 1).replace(/:\w+$/, '')]
  const asked: string[] = []
  const ask = (method: string, at: string, body: Buffer = Buffer.alloc(0)) => {
    asked.push(`${method} ${at}`.replace(/\/\d+\?.*|\/\d+$/, ''))
    return new Promise<{ readonly status: number; readonly location: string }>((resolve, reject) => {
      request(`http://${host}${at}`, { method }, (response) => {
        response.resume()
        response.on('end', () => resolve({ status: response.statusCode!, location: response.headers.location ?? '' }))
      })
        .on('error', reject)
        .end(body)
    })
  }
  const upload = async (bytes: Buffer): Promise<void> => {
    const { status } = await ask('HEAD', `/v2/${path}/blobs/${digestOf(bytes)}`)
    if (status === 200 && !given.sendsUnasked) return
    const { location } = await ask('POST', `/v2/${path}/blobs/uploads/`)
    const patched = await ask('PATCH', location, bytes)
    const put = await ask('PUT', `${patched.location}?digest=${digestOf(bytes)}`)
    if (put.status !== 201) throw new Error(`the layer was not taken: ${put.status}`)
  }
  const there = await ask('HEAD', `/v2/${path}/blobs/${digestOf('the base, compressed')}`)
  if (there.status !== 200) throw new Error('the base would be sent')
  const { location } = await ask('POST', `/v2/${path}/blobs/uploads/`)
  const patched = await ask('PATCH', location, given.layer)
  await ask('PUT', `${patched.location}?digest=${digestOf(given.layer)}`)
  await upload(Buffer.from(given.config))
  const layers = [digestOf('the base, compressed'), digestOf(given.layer)].map((digest) => ({ digest, size: 0 }))
  const manifest = JSON.stringify({ config: { digest: digestOf(given.config) }, layers })
  await ask('PUT', `/v2/${path}/manifests/tag`, Buffer.from(manifest))
  return asked
}

/** A node that holds an older build, and what is imported into it. */
const lab = async (held: readonly string[] = [base, old], sent: Given = { config, layer: newLayer }) => {
  const folder = await ownFolder()
  const content: Readonly<Record<string, object>> = {
    [digestOf('held')]: {
      config: { digest: digestOf('of held') },
      layers: held.map((digest) => ({ mediaType: 'tar', digest, size: 1_000_000_000 })),
    },
    [digestOf('of held')]: { rootfs: { diff_ids: held } },
  }
  const pushed = Promise.withResolvers<string[]>()
  const asked: string[] = []
  const { engine, world } = standInEngine({
    exec: (_container, words) => {
      const last = words.at(-1) ?? ''
      asked.push(last)
      const stdout = words.includes('ls') ? `web type ${digestOf('held')} 1 MiB` : JSON.stringify(content[last])
      return Promise.resolve({ stdout, stderr: '', code: 0 })
    },
    over: {
      tag: async (_ref, as) => void world.images.set(as, world.images.get(ref)!),
      push: async (as) => {
        pushed.resolve(await pushTo(as, sent))
      },
      execCommand: (container, words) => ['sh', '-c', `echo '${words.at(-1)}' >&2; cat > ${folder}/${container}`],
    },
  })
  const image = { id: digestOf(config), labels: {}, architecture: 'amd64', repoDigests: [] }
  world.images.set(ref, image)
  const left: Promise<unknown>[] = []
  const cacheFolder = join(folder, 'cache')
  const send = ({
    goes = true,
    ...more
  }: Partial<Parameters<typeof sendByPush>[0]> & { readonly goes?: boolean } = {}) =>
    sendByPush({
      engine,
      ref,
      image,
      containers: new Map([['node', { kin: ['reg.example/team/web:1'], importFlags: ['--snapshotter=native'] }]]),
      cacheFolder,
      ...(goes && { goesOn: (ended: Promise<unknown>) => void left.push(ended) }),
      ...more,
    })
  const imported = async () => {
    const files = new Map<string, string>()
    const bytes = await readFile(join(folder, 'node'))
    for await (const { name, body } of readTar(
      (async function* () {
        yield bytes
      })(),
    )) {
      const parts: Buffer[] = []
      for await (const part of body()) parts.push(part)
      files.set(name, Buffer.concat(parts).toString())
    }
    return files
  }
  return { send, imported, asked, pushed: pushed.promise, left, world, cacheFolder, folder }
}

describe('sendByPush', () => {
  it('takes the layer that is new, and names the others as the node has them', async () => {
    const { send, imported, pushed, world, cacheFolder } = await lab()
    await send()
    const files = await imported()
    const index = JSON.parse(files.get('index.json')!) as { manifests: { digest: string; annotations: object }[] }
    const [{ digest, annotations }] = index.manifests as [(typeof index.manifests)[0]]
    expect(annotations).toEqual({ 'io.containerd.image.name': ref })
    expect(JSON.parse(files.get(`blobs/${digest.replace(':', '/')}`)!)).toMatchObject({
      config: { digest: digestOf(config), size: config.length },
      layers: [
        { mediaType: 'tar', digest: base, size: 1_000_000_000 },
        { mediaType: expect.stringMatching(/gzip$/), digest: digestOf(newLayer), size: newLayer.length },
      ],
    })
    expect([...files.keys()].filter((name) => name.startsWith('blobs/')).toSorted()).toEqual(
      [digest, digestOf(config), digestOf(newLayer)].map((one) => `blobs/${one.replace(':', '/')}`).toSorted(),
    )
    expect((await pushed).filter((line) => line.startsWith('PATCH'))).toHaveLength(2)
    expect([...world.images.keys()]).toEqual([ref])
    expect(await readdir(join(cacheFolder, 'private'))).toEqual([])
  })

  it('asks no node for what it is told, and tells what the nodes have then', async () => {
    const { send, imported, asked } = await lab([])
    const known = new Map([['node', new Map([[base, { mediaType: 'tar', digest: base, size: 7 }]])]])
    const now = await send({ known })
    expect(asked).toEqual([])
    const layer = { digest: digestOf(newLayer), size: newLayer.length, mediaType: expect.stringMatching(/gzip$/) }
    expect([...now.get('node')!]).toEqual([
      [base, { mediaType: 'tar', digest: base, size: 7 }],
      [fresh, layer],
    ])
    expect([...(await imported()).keys()]).toHaveLength(5)
  })

  it('takes no image in which the node lacks a layer that did not come', async () => {
    const { send, folder } = await lab([old])
    await expect(send()).rejects.toThrow(`has the layer ${base}`)
    expect(await readFile(join(folder, 'node'), 'utf8').catch(() => '')).toBe('')
  })

  it('takes no image that is another one', async () => {
    for (const sendsUnasked of [false, true]) {
      const { send } = await lab([base, old], { config: `${config} `, layer: newLayer, sendsUnasked })
      await expect(send()).rejects.toThrow('another image came')
    }
  })

  it('does not wait for a layer that is large, which the engine goes on with', async () => {
    const { send, left, pushed, folder, cacheFolder } = await lab()
    await expect(send({ keepBytes: newLayer.length - 1 })).rejects.toMatchObject({ code: 'layer-new' })
    expect(left).toHaveLength(1)
    expect((await pushed).at(-1)).toMatch(/^PUT .*manifests/)
    await left[0]
    expect(await readdir(folder)).not.toContain('node')
    expect(await readdir(join(cacheFolder, 'private'))).toEqual([])
  })
})

it('ends the push of a large layer where nobody goes on after it', async () => {
  const { send, left, cacheFolder } = await lab()
  await expect(send({ keepBytes: newLayer.length - 1, goes: false })).rejects.toMatchObject({ code: 'layer-new' })
  expect(left).toEqual([])
  expect(await readdir(join(cacheFolder, 'private'))).toEqual([])
})

it('takes no layer under the digest of another', async () => {
  const folder = await ownFolder()
  const { host, blobs, close } = await openPushIntake({
    folder,
    has: () => false,
    keepBytes: 100,
    onLarge: () => undefined,
  })
  const uploads = `http://${host}/v2/kindup/web/blobs/uploads/`
  const { headers } = await fetch(uploads, { method: 'POST' })
  const place = new URL(headers.get('location') ?? '', uploads)
  const { status } = await fetch(`${place.href}?digest=${base}`, { method: 'PUT', body: 'another' })
  await close()
  expect([status, [...blobs]]).toEqual([400, []])
})

const here: EngineInfo = {
  version: '28.0.0',
  cgroupVersion: 2,
  cpus: 2,
  memoryBytes: 8e9,
  architecture: 'amd64',
  rootless: false,
  containerdStore: false,
}

it.each<[string, boolean, 'docker' | 'podman', Partial<EngineInfo>]>([
  ['Docker on this machine', true, 'docker', {}],
  ['Docker on another one', false, 'docker', { host: 'build' }],
  ['Docker in a virtual machine', false, 'docker', { virtual: true }],
  ['Docker in a network of its own', false, 'docker', { rootless: true }],
  ['Docker that names images by their manifests', false, 'docker', { containerdStore: true }],
  ['another engine', false, 'podman', {}],
])('%s: %s', (_what, may, name, info) => {
  expect(mayPushHere(name, { ...here, ...info })).toBe(may)
})
