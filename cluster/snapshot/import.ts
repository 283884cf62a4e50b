import type { Engine } from '../engine/engine.ts'
import type { Kube, KubeObject } from '../kube/kube.ts'
import { textAt } from '../../core/fields.ts'
import type { RunOptions, Spawn } from '../../core/run.ts'
import { runPipe } from '../../core/run-pipe.ts'
import { inventorySecret } from '../inventory/entry-secret.ts'
import { inventoryNamespace, ourLabels } from '../inventory/namespace.ts'
import { unpackedImage } from '../layout/pack-image.ts'
import { importScript, nameScript, sweepScript } from './node-script.ts'
import type { Nodes } from './nodes.ts'
import type { OpenedSnapshot } from './open-file.ts'
import { passingName, type Snapshot } from './manifest.ts'

/** Puts what each node kept into the node of the same name. */
export const importSnapshot = async ({ layout, about }: OpenedSnapshot, nodes: Nodes): Promise<Snapshot> => {
  const snapshot: Snapshot = { ...about.snapshot, name: passingName }
  // What an earlier attempt left is of no use.
  await nodes.runAll(sweepScript, () => [])
  await Promise.all(
    nodes.names.map(async (node) => {
      const part = layout.parts.find(({ digest }) => digest === about.parts[node])
      if (part) await nodes.give(node, importScript, [snapshot.id], layout.read(part))
    }),
  )
  await nodes.run(nodes.head, nameScript, [passingName], JSON.stringify(snapshot))
  return snapshot
}

/**
 * Gives the engine the images that came with the file and that it lacks. Answers with those that it holds as another image: they are
 * the user's, and stay.
 */
export const importImages = async (
  { layout, about }: OpenedSnapshot,
  engine: Engine,
  options: Pick<RunOptions, 'signal'> & {
    readonly env: Readonly<Record<string, string | undefined>>
    readonly spawn?: Spawn
    readonly report: (line: string) => void
  },
): Promise<readonly string[]> => {
  const others: string[] = []
  for (const image of about.images) {
    const held = await engine.image(image.ref)
    if (held && held.id !== image.id) others.push(image.ref)
    if (held) continue
    options.report(`giving the engine image ${image.ref}`)
    await runPipe(unpackedImage(layout, image), [[engine.command, 'load']], { ...options, timeoutMs: 15 * 60_000 })
  }
  return others
}

const startedFrom = inventorySecret('started-from')

/** The digest of the snapshot file that the cluster was started from, once all of it is there. */
export const readStartedFrom = async (kube: Kube): Promise<string | undefined> => {
  const text = textAt(await kube.get(startedFrom), 'data', 'digest')
  return text === undefined ? undefined : Buffer.from(text, 'base64').toString()
}

export const startedFromMark = (digest: string): KubeObject => ({
  apiVersion: startedFrom.apiVersion,
  kind: startedFrom.kind,
  metadata: { name: startedFrom.name, namespace: inventoryNamespace, labels: ourLabels },
  type: 'kindup.dev/started-from',
  data: { digest: Buffer.from(digest).toString('base64') },
})
