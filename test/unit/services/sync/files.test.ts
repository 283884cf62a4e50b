import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { extract } from 'tar-stream'
import { expect, it } from 'vitest'
import { layeredImage } from '../../../../cluster/load/layered-image.ts'
import { archiveOf, layerOf, readSynced } from '../../../../services/sync/files.ts'

const entriesOf = async (archive: Buffer) => {
  const entries: Record<string, unknown> = {}
  for await (const entry of Readable.from([archive]).pipe(extract())) {
    const { name, type, mode, linkname } = entry.header
    entries[name] = type === 'symlink' ? `-> ${linkname}` : `${mode.toString(8)} ${await text(entry)}`
    entry.resume()
  }
  return entries
}

it('packs what is there for a container, and what is gone as whiteouts for an image', async () => {
  const context = await mkdtemp(join(tmpdir(), 'kindup-'))
  try {
    await mkdir(join(context, 'src'))
    await writeFile(join(context, 'src/a.py'), 'one')
    await writeFile(join(context, 'src/run'), 'two')
    await chmod(join(context, 'src/a.py'), 0o644)
    await chmod(join(context, 'src/run'), 0o755)
    await symlink('a.py', join(context, 'src/link'))
    const at = (path: string) => ({ to: [`/app/${path}`, ...(path.endsWith('run') ? ['/bin/run'] : [])] })
    const files = await readSynced(context, ['src/a.py', 'src/run', 'src/link', 'src/gone.py'], at)
    const there = {
      'app/src/a.py': '644 one',
      'app/src/run': '755 two',
      'bin/run': '755 two',
      'app/src/link': '-> a.py',
    }
    expect(await entriesOf(await archiveOf(files))).toEqual(there)
    expect(await entriesOf(await layerOf(files))).toEqual({ ...there, 'app/src/.wh.gone.py': '600 ' })
    await expect(readSynced(context, ['src/a.py'], () => ({ built: 'a RUN follows' }))).rejects.toMatchObject({
      message: 'src/a.py has to be built: a RUN follows.',
    })
  } finally {
    await rm(context, { recursive: true })
  }
})

it('puts a layer on an image, under its name, and sends nothing but what is new', async () => {
  const held = {
    manifest: {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: 'sha256:c', size: 1 },
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: 'sha256:a', size: 9 }],
    },
    config: {
      architecture: 'amd64',
      config: { Cmd: ['x'] },
      rootfs: { type: 'layers', diff_ids: ['sha256:b'] },
      history: [{}],
    },
  }
  const layer = Buffer.alloc(1024)
  const { archive, id } = layeredImage('web:1', held, layer)
  const entries = Object.fromEntries(
    Object.entries(await entriesOf(archive)).map(([name, body]) => [name, String(body).replace(/^\d+ /, '')]),
  )
  const index = JSON.parse(entries['index.json'] ?? '') as { manifests: { digest: string; annotations: object }[] }
  expect(index.manifests[0]?.annotations).toEqual({ 'io.containerd.image.name': 'docker.io/library/web:1' })
  const blob = (digest = '') =>
    JSON.parse(entries[`blobs/${digest.replace(':', '/')}`] ?? '{}') as Record<string, unknown>
  const manifest = blob(index.manifests[0]?.digest)
  expect(manifest['config']).toMatchObject({ digest: id })
  expect(manifest['layers']).toEqual([
    held.manifest.layers[0],
    expect.objectContaining({ mediaType: 'application/vnd.oci.image.layer.v1.tar', size: 1024 }),
  ])
  expect(blob(id)).toMatchObject({
    architecture: 'amd64',
    config: { Cmd: ['x'] },
    rootfs: { diff_ids: ['sha256:b', expect.stringMatching(/^sha256:[0-9a-f]{64}$/)] },
    history: [{}, { created_by: 'kindup sync' }],
  })
  expect(Object.keys(entries)).toHaveLength(5)
})
