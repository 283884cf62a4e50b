import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { isRecord } from '../../../core/is-record.ts'
import { textAt, valueAt } from '../../../core/fields.ts'
import { asWritten, fromFolder } from '../paths.ts'
import type { Mount } from './volumes.ts'

type Around = {
  readonly name: string
  /** The whole compose file. */
  readonly data: Readonly<Record<string, unknown>>
  readonly base: string
  readonly folder: string
  readonly leave: (what: string) => void
}

/** The files that `secrets` and `configs` grant a service, at the paths where Compose puts them. */
export const filesOf = (service: Readonly<Record<string, unknown>>, dependencies: Around): readonly Mount[] => [
  ...granted(service, 'secrets', '/run/secrets', dependencies),
  ...granted(service, 'configs', '/', dependencies),
]

const granted = (
  service: Readonly<Record<string, unknown>>,
  kind: 'secrets' | 'configs',
  usual: string,
  { name, data, base, folder, leave }: Around,
): readonly Mount[] => {
  const written = Array.isArray(service[kind]) ? service[kind] : []
  return written.flatMap((one: unknown): readonly Mount[] => {
    const source = isRecord(one) ? textAt(one, 'source') : String(one)
    if (source === undefined) return []
    const target = (isRecord(one) ? textAt(one, 'target') : undefined) ?? source
    const file = textAt(valueAt(data, kind, source), 'file')
    const path = file === undefined ? undefined : fromFolder(base, file)
    if (
      path === undefined ||
      path.startsWith('..') ||
      file?.startsWith('/') === true ||
      !existsSync(join(folder, path))
    ) {
      leave(`${source} of ${kind}, which is no file of this folder`)
      return []
    }
    // Two of them may be files of the same name.
    const key = /^[-._a-zA-Z0-9]+$/.test(source) ? source : posix.basename(path)
    return [
      {
        volume: {
          name: kind,
          source: { kind: 'secret', name: `${name}-${kind}`, files: { [key]: asWritten(path) }, executable: false },
        },
        path: posix.resolve(usual, target),
        subPath: key,
        readOnly: true,
      },
    ]
  })
}
