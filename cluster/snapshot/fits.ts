import { isDeepStrictEqual } from 'node:util'
import type { Config } from '../../config/config.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { valueAt } from '../../core/fields.ts'
import type { Engine } from '../engine/engine.ts'
import { namedNodes } from '../nodes/may-run.ts'
import type { SnapshotFile } from './snapshot-file.ts'

/** Throws `snapshot-unfit` where the cluster of the file cannot start from it: other processors, another node image, other nodes or networks. */
export const refuseUnfit = async (
  file: string,
  about: SnapshotFile,
  {
    config,
    engine,
    image,
  }: {
    readonly config: Config
    readonly engine: Engine
    /** Undefined: kind's own. */ readonly image: string | undefined
  },
): Promise<void> => {
  const why =
    otherNodes(about, config) ??
    (await otherProcessors(about, engine)) ??
    (await otherImage(about, engine, image)) ??
    otherNetworks(about, config)
  if (why === undefined) return
  throw new EnvironmentError('snapshot-unfit', `${file} does not fit: ${why}.`, {
    hints: ['kindup up   # without it', 'kindup snapshot save --file FILE   # saves how a cluster of this file is'],
  })
}

const otherNodes = ({ nodes }: SnapshotFile, config: Config): string | undefined => {
  const then = said(nodes)
  const now = said(
    namedNodes(config.name, config.cluster.nodes).map(({ container, role }) => ({ name: container, role })),
  )
  return then === now ? undefined : `it was made of the nodes ${then}, and the file has ${now}`
}

const otherProcessors = async ({ architecture }: SnapshotFile, engine: Engine): Promise<string | undefined> => {
  const here = (await engine.info()).architecture
  return here === architecture || here === '' ? undefined : `it is for ${architecture}, and this engine runs ${here}`
}

const otherImage = async (
  { nodes }: SnapshotFile,
  engine: Engine,
  image: string | undefined,
): Promise<string | undefined> => {
  const then = nodes[0]?.image
  if (image === undefined || then === undefined || then.ref === '') return undefined
  const held = await engine.image(image)
  // Where it is not there yet, its reference tells: those of kindup's own table have a digest.
  const isSame = held ? held.id === then.id || (image === then.ref && image.includes('@')) : image === then.ref
  return isSame
    ? undefined
    : `it was made with the node image ${then.ref} (${then.id.slice(0, 19)}), and the file has ${image}${held ? ` (${held.id.slice(0, 19)})` : ''}`
}

const otherNetworks = ({ networking }: SnapshotFile, config: Config): string | undefined =>
  isDeepStrictEqual(networking, valueAt(config.cluster.kind, 'networking') ?? {})
    ? undefined
    : 'its cluster.kind.networking is another one than that of the file'

const said = (all: readonly { readonly name: string; readonly role: string }[]): string =>
  all
    .map(({ name, role }) => (name.includes(role) ? name : `${name} (${role})`))
    .toSorted()
    .join(', ')
