import { otherFormat, readLayout, type Layout } from '../layout/read-layout.ts'
import { snapshotFileFrom, snapshotFileType, type SnapshotFile } from './snapshot-file.ts'

export type OpenedSnapshot = { readonly layout: Layout; readonly about: SnapshotFile }

/** Opens a snapshot file and reads all of it once: nothing is made by one that is damaged. Throws `file-absent`, `file-damaged`, `file-unfit`. */
export const openSnapshotFile = async (file: string): Promise<OpenedSnapshot> => {
  const layout = await readLayout(file, {
    artifactType: snapshotFileType,
    called: 'a snapshot of kindup',
    saved: 'kindup snapshot save --file FILE',
    name: ({ mediaType, digest }) => (mediaType.includes('node') ? nodeOf(layout, digest) : 'a part of an image'),
  })
  try {
    const about = snapshotFileFrom(layout.config)
    if (!about) throw otherFormat(file, layout.config['format'])
    await layout.verify()
    return { layout, about }
  } catch (error) {
    await layout.close()
    throw error
  }
}

const nodeOf = ({ config }: Layout, digest: string): string => {
  const about = snapshotFileFrom(config)
  const found = Object.entries(about?.parts ?? {}).find(([, one]) => one === digest)?.[0]
  return found === undefined ? 'a part of a node' : `what ${found} kept`
}
