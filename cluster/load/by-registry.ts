import { EnvironmentError } from '../../core/errors.ts'
import { certsFolder } from '../../config/certs-folder.ts'
import type { Engine, EngineImage } from '../engine/engine.ts'
import { qualified } from '../reference.ts'
import type { Publisher } from '../registry/publisher.ts'
import { sentAs } from './holdings.ts'
import { pushAs, pushName } from './push-as.ts'

/** A registry that the nodes know of, and the engine can push to. */
export type NodeRegistry = Pick<Publisher, 'host' | 'find' | 'refused'>

type Options = {
  readonly engine: Engine
  readonly registry: NodeRegistry
  readonly ref: string
  readonly image: EngineImage
  /** Names of node containers, each with the snapshotter that its kubelet's images are unpacked for. */
  readonly containers: ReadonlyMap<string, string | undefined>
  /** The engine's ids are those of manifests, and nodes are told them beside the image. */
  readonly manifestIds: boolean
  readonly signal?: AbortSignal
}

/**
 * Bytes. The few calls that a registry takes cost the same whatever the size, and less than the archive of 129 MB; one of a few MB is there
 * as soon, and leaves no second copy behind.
 */
export const byRegistryFrom = 50_000_000

/**
 * Takes an image from the engine into nodes by way of a registry, so that only layers move which one of them lacks: an engine gives out
 * archives of whole images alone. It is called by its id there, and the nodes are left with the very name that pods use. Throws whatever
 * keeps it from that; nothing is half done then.
 */
export const sendByRegistry = async (options: Options): Promise<void> => {
  const { engine, registry, ref, image, containers, manifestIds, signal } = options
  const id = image.id.replace('sha256:', '')
  const name = pushName(ref, registry.host, image)
  const found = await registry.find(name)
  if (found === 'no answer') throw new EnvironmentError('no-answer', `The registry ${registry.host} does not answer.`)
  const since = Date.now()
  if (found.digest === undefined)
    await pushAs(engine, ref, name, signal).catch(async (error: unknown) => {
      if (signal?.aborted) throw error
      throw (await registry.refused(name, since, error)) ?? error
    })
  const mark = manifestIds ? `${sentAs}=${image.id}` : ''
  await Promise.all(
    [...containers].map(([container, snapshotter]) =>
      engine.exec(
        container,
        [
          'sh',
          '-c',
          pullAndSee,
          'sh',
          name,
          qualified(ref),
          id,
          mark,
          '--hosts-dir',
          certsFolder,
          ...(snapshotter === undefined ? [] : ['--snapshotter', snapshotter]),
        ],
        signal ? { signal } : {},
      ),
    ),
  )
}

/** Nothing has the name of pods until it is known to be the image that was built. The kubelet sees it a moment later. */
const pullAndSee = `from=$1 to=$2 id=$3 mark=$4; shift 4
images() { ctr --namespace=k8s.io images "$@"; }
images pull "$@" "$from" >/dev/null || exit 1
target=$(images ls "name==$from" | grep -o 'sha256:[0-9a-f]\\{64\\}' | head -n 1)
if [ "$target" != "sha256:$id" ] && ! ctr --namespace=k8s.io content get "$target" | grep -q "$id"; then
  images rm "$from" >/dev/null; echo "the registry holds another image as $from" >&2; exit 1
fi
images tag --force "$from" "$to" >/dev/null || exit 1
[ -z "$mark" ] || images label "$to" "$mark" >/dev/null || exit 1
images rm "$from" >/dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do crictl inspecti "$to" | grep -q "$id" && exit 0; sleep 0.1; done
echo "the node does not list the image" >&2; exit 1`
