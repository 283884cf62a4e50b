import { EnvironmentError } from '../../core/errors.ts'
import { fieldsAt, mapsAt, textAt, type Fields } from '../../core/fields.ts'
import { jsonFrom } from '../../core/program-output.ts'
import type { Run } from '../../core/run.ts'
import type { Engine } from '../engine/engine.ts'
import { qualified } from '../reference.ts'
import { layeredImage, type HeldImage } from './layered-image.ts'
import type { LoadMemory } from './memory.ts'
import { imageStoreOf } from './image-store.ts'

const ctr = ['ctr', '--namespace=k8s.io']

/** The image that a node holds under a reference. Throws `image-not-held` where it holds none. */
export const heldImage = async (engine: Engine, container: string, ref: string): Promise<HeldImage> => {
  const read = async (digest: string): Promise<Fields> => {
    const { stdout } = await engine.exec(container, [...ctr, 'content', 'get', digest])
    return fieldsAt(jsonFrom(`ctr content get ${digest}`, stdout))
  }
  const { stdout } = await engine.exec(container, [...ctr, 'images', 'ls', `name==${qualified(ref)}`])
  const [target] = /\bsha256:[0-9a-f]{64}\b/.exec(stdout) ?? []
  if (target === undefined) throw new EnvironmentError('image-not-held', `Node ${container} holds no image ${ref}.`)
  const top = await read(target)
  const manifests = mapsAt(top, 'manifests').filter((one) => textAt(one, 'platform', 'os') !== 'unknown')
  // One that was built for other processors alone runs all the same where the engine stands in for them.
  const architecture = manifests.length > 1 ? (await engine.info()).architecture : undefined
  const own = manifests.find((one) => textAt(one, 'platform', 'architecture') === architecture) ?? manifests[0]
  const manifest = own === undefined ? top : await read(textAt(own, 'digest') ?? '')
  return { manifest, config: await read(textAt(manifest, 'config', 'digest') ?? '') }
}

/**
 * Puts a layer on an image that these nodes hold, under the same reference: whatever begins there from now on has it.
 * Returns once the nodes' own list of images says so.
 */
export const addLayer = async (
  { engine, run, imageStores }: { engine: Engine; run: Run; imageStores: LoadMemory['imageStores'] },
  { ref, held, layer, containers }: { ref: string; held: HeldImage; layer: Buffer; containers: readonly string[] },
  signal: AbortSignal,
): Promise<void> => {
  const { archive, id } = layeredImage(ref, held, layer)
  await Promise.all(
    containers.map(async (container) => {
      const { importFlags } = await imageStoreOf(engine, container, { imageStores })
      const [program = '', ...words] = engine.execCommand(container, [
        'sh',
        '-c',
        importAndSee,
        'sh',
        qualified(ref),
        id.replace('sha256:', ''),
        ...importFlags,
      ])
      await run(program, words, { input: archive, signal, timeoutMs: 60_000 })
    }),
  )
}

/** The kubelet asks containerd's list of its own, which follows a moment later. */
export const importAndSee = `ref=$1 id=$2; shift 2
ctr --namespace=k8s.io images import --all-platforms "$@" - >/dev/null || exit 1
for _ in 1 2 3 4 5 6 7 8 9 10; do crictl inspecti "$ref" | grep -q "$id" && exit 0; sleep 0.1; done
echo "the node does not list the image" >&2; exit 1`
