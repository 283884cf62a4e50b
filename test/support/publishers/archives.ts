import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Body } from './answer.ts'
import type { Held } from './registry.ts'

type Descriptor = {
  readonly mediaType: string
  readonly digest: string
  readonly annotations?: Readonly<Record<string, string>>
}

/** An index names manifests, a manifest a configuration and layers. */
type Content = {
  readonly manifests?: readonly Descriptor[]
  readonly config?: Descriptor
  readonly layers?: readonly Descriptor[]
}

const isIndex = (mediaType: string): boolean => /image\.index|manifest\.list/.test(mediaType)

/**
 * The images in archives of `docker save` (Docker 25 and later, which writes an OCI layout), unpacked below `work`:
 * what a registry holds under their names.
 */
export const heldIn = (folder: string, work: string): readonly Held[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.tar'))
    .flatMap((name) => {
      const here = join(work, name)
      if (!existsSync(join(here, 'index.json'))) {
        mkdirSync(here, { recursive: true })
        execFileSync('tar', ['-xf', join(folder, name), '-C', here])
      }
      return layoutIn(here)
    })

const layoutIn = (folder: string): readonly Held[] => {
  const blob = (digest: string): string => join(folder, 'blobs', ...digest.split(':'))
  const read = (digest: string): Content => JSON.parse(readFileSync(blob(digest), 'utf8')) as Content
  const { manifests } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as {
    manifests: readonly Descriptor[]
  }
  return manifests.flatMap((top) => {
    const name = top.annotations?.['io.containerd.image.name']
    const [, repository, tag] = /^(.+):([^:/]+)$/.exec(name ?? '') ?? []
    if (repository === undefined || tag === undefined) return []
    const inner = isIndex(top.mediaType)
      ? (read(top.digest).manifests ?? []).filter(({ digest }) => existsSync(blob(digest)))
      : []
    const blobs = new Map<string, Body>()
    for (const one of inner.length > 0 ? inner : [top]) {
      const { config, layers = [] } = read(one.digest)
      for (const { digest } of [...(config ? [config] : []), ...layers]) blobs.set(digest, blob(digest))
    }
    const manifestsHere = new Map(
      inner.map(({ digest, mediaType }) => [digest, { mediaType, manifest: readFileSync(blob(digest)) }] as const),
    )
    const { mediaType, digest } = top
    return [{ repository, tag, mediaType, manifest: readFileSync(blob(digest)), blobs, manifests: manifestsHere }]
  })
}
