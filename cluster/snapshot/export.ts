import { randomBytes } from 'node:crypto'
import type { Spawn } from '../../core/run.ts'
import { runInto } from '../../core/run-pipe.ts'
import type { Container, Engine } from '../engine/engine.ts'
import { inputsLabel } from '../images/steps.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { Kube } from '../kube/kube.ts'
import type { Pod } from '../kube/models.ts'
import { packImage, type PackedImage } from '../layout/pack-image.ts'
import type { Descriptor } from '../layout/descriptor.ts'
import { writeLayout, type LayoutWriter } from '../layout/write-layout.ts'
import { platformToSave } from '../load/platform.ts'
import type { Snapshot } from './manifest.ts'
import { exportScript } from './node-script.ts'
import type { Nodes } from './nodes.ts'
import { snapshotFileType, type SnapshotFile } from './snapshot-file.ts'

type ExportOptions = {
  /** Absolute path. */
  readonly file: string
  readonly snapshot: Snapshot
  readonly kube: Kube
  readonly nodes: Nodes
  readonly engine: Engine
  readonly containers: readonly Container[]
  readonly record: Inventory
  readonly networking: unknown
  readonly env: Readonly<Record<string, string | undefined>>
  readonly spawn?: Spawn
  readonly signal: AbortSignal
  readonly report: (line: string) => void
}

/** Namespaces whose images every node image brings along. */
const ofNodeImage = ['kube-system', 'local-path-storage']

/**
 * Writes a snapshot of the nodes into one file, with the images that no registry brings. The same snapshot makes the same file. Answers
 * with the references of those images. Throws `file-not-written`.
 */
export const exportSnapshot = async (options: ExportOptions): Promise<readonly string[]> => {
  const { file, snapshot, kube, nodes, engine, containers, record, networking, report } = options
  const pods: readonly Pod[] = await kube.list({ apiVersion: 'v1', kind: 'Pod' })
  const writer = await writeLayout(file, { partial: `${file}.${randomBytes(4).toString('hex')}.tmp` })
  try {
    const layers: Descriptor[] = []
    const parts: Record<string, string> = {}
    for (const node of nodes.names) {
      report(`writing what ${node} keeps`)
      await nodes.take(node, exportScript, [snapshot.id], async (source) => {
        const part = await writer.add(source, 'application/vnd.kindup.snapshot.node.v1.tar')
        layers.push(part)
        parts[node] = part.digest
      })
    }
    const images: PackedImage[] = []
    for (const { ref, id } of await imagesOfOurs(pods, engine)) {
      report(`writing image ${ref}`)
      images.push({ ref, id, files: await imageInto(writer, layers, ref, options) })
    }
    const { architecture } = await engine.info()
    const config: SnapshotFile = {
      format: 1,
      snapshot,
      architecture,
      nodes: nodes.names.map((name) => {
        const container = containers.find((one) => one.name === name)
        return {
          name,
          role: container?.labels['io.x-k8s.kind.role'] ?? '',
          image: container?.image ?? { ref: '', id: '' },
          images: [...new Set(pods.filter(({ spec }) => spec?.nodeName === name).flatMap(imagesOfPod))].toSorted(),
        }
      }),
      networking,
      fingerprints: Object.fromEntries(
        [...(await record.entries())]
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([step, { fingerprint }]) => [step, fingerprint ?? null]),
      ),
      images,
      parts,
    }
    const unique = new Map(layers.map((layer) => [layer.digest, layer]))
    await writer.finish(snapshotFileType, config, [...unique.values()])
    return images.map(({ ref }) => ref)
  } finally {
    await writer.close()
  }
}

const imageInto = async (
  writer: LayoutWriter,
  layers: Descriptor[],
  ref: string,
  { engine, env, spawn, signal }: ExportOptions,
): Promise<PackedImage['files']> => {
  let files: PackedImage['files'] = []
  const pack = async (source: AsyncIterable<Buffer>): Promise<void> => {
    const packed = await packImage(writer, source, ref)
    files = packed.files
    layers.push(...packed.parts)
  }
  await runInto(engine.saveCommand([ref], await platformToSave(engine)), pack, {
    env,
    signal,
    timeoutMs: 15 * 60_000,
    ...(spawn && { spawn }),
  })
  return files
}

const imagesOfPod = ({ spec }: Pod): readonly string[] =>
  [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].flatMap(({ image }) => image ?? [])

/** Those that the engine holds and that it, or kindup, has built: what has a digest of a registry can be had again. */
const imagesOfOurs = async (
  pods: readonly Pod[],
  engine: Engine,
): Promise<readonly { readonly ref: string; readonly id: string }[]> => {
  const named = new Map<string, boolean>()
  for (const pod of pods)
    for (const ref of imagesOfPod(pod))
      named.set(ref, named.get(ref) === true || !ofNodeImage.includes(pod.metadata.namespace ?? ''))
  const found = await Promise.all(
    [...named]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(async ([ref, isUsers]) => {
        const image = await engine.image(ref)
        const isBuilt = image?.labels[inputsLabel] !== undefined || (isUsers && image?.repoDigests.length === 0)
        return image && isBuilt ? [{ ref, id: image.id }] : []
      }),
  )
  return found.flat()
}
