import { readdirSync, statSync, type Stats } from 'node:fs'
import { join, posix } from 'node:path'
import { isRecord } from '../../../core/is-record.ts'
import { listAt, textAt } from '../../../core/fields.ts'
import { freeName, toLabel } from '../names.ts'
import { asWritten, fromFolder, isWithin } from '../paths.ts'

/** What containers of a service find at a path, and where it comes from. */
export type Mount = {
  readonly volume: { readonly name: string; readonly source: Source }
  readonly path: string
  /** One file of the volume. */
  readonly subPath?: string
  readonly readOnly?: true
}

type Source =
  | { readonly kind: 'claim'; readonly name: string }
  | { readonly kind: 'empty' }
  /** A Secret made of files of the folder: no copy of them is written anywhere. */
  | {
      readonly kind: 'secret'
      readonly name: string
      readonly files: Readonly<Record<string, string>>
      readonly executable: boolean
    }

type Around = {
  /** The service's own name in the cluster. */
  readonly name: string
  /** The folder that `init` looks at. */
  readonly folder: string
  /** The folder of the compose file, from there. */
  readonly base: string
  /** What the service is built from, from there. */
  readonly context: string | undefined
  /** Told of what is not taken over. */
  readonly leave: (what: string) => void
}

/** The name of a volume in its pod, by what it is: two sources never share one. */
type Labelled = (source: string, wanted: string) => string

const labelling = (): Labelled => {
  // Those of `secrets` and `configs`.
  const labels = new Map([
    ['granted secrets', 'secrets'],
    ['granted configs', 'configs'],
  ])
  return (source, wanted) => {
    const label = labels.get(source) ?? freeName(wanted, new Set(labels.values()))
    labels.set(source, label)
    return label
  }
}

/** More than a Secret holds, with room for its other fields. */
const largest = 900_000
const mostFiles = 40

/** The mounts of `volumes` and `tmpfs`. */
export const mountsOf = (service: Readonly<Record<string, unknown>>, dependencies: Around): readonly Mount[] => {
  const volumes = Array.isArray(service['volumes']) ? service['volumes'] : []
  const tmpfs = [service['tmpfs'] ?? []].flat().map(String)
  const sources = sourceMounts(service, dependencies).map(({ target }) => target)
  // A volume there keeps what the image has from being hidden by the sources, which are not mounted.
  const isKept = ({ path }: Mount): boolean =>
    !sources.some((source) => isWithin(path, source)) && posix.basename(path) !== 'node_modules'
  const labelled = labelling()
  const mounts = [
    ...volumes.flatMap((written: unknown, index) => mountOf(written, index, dependencies, labelled)).filter(isKept),
    ...tmpfs.map((path, index): Mount => ({
      volume: { name: labelled(`tmpfs ${index}`, `tmpfs-${index}`), source: { kind: 'empty' } },
      path: path.split(':')[0] ?? path,
    })),
  ]
  // One path is mounted once, and the later wins.
  return [...new Map(mounts.map((mount) => [mount.path, mount])).values()]
}

const mountOf = (written: unknown, index: number, dependencies: Around, labelled: Labelled): readonly Mount[] => {
  const { type, source, target, readOnly } = partsOf(written)
  if (target === undefined) return []
  const only = readOnly ? { readOnly: true as const } : {}
  if (type === 'tmpfs')
    return [
      { volume: { name: labelled(`scratch ${index}`, `scratch-${index}`), source: { kind: 'empty' } }, path: target },
    ]
  // Without a name it begins as what the image has there, which is there without it.
  if (source === undefined) return []
  if (type === 'volume') {
    const name = toLabel(source)
    if (name === undefined) return []
    const volume = { name: labelled(`volume ${name}`, name), source: { kind: 'claim' as const, name } }
    return [{ volume, path: target, ...only }]
  }
  return bound({ source, target, readOnly, index, labelled }, dependencies)
}

/** A file or folder of this machine: small files become a Secret, a folder to write into a claim, sources stay in the image. */
const bound = (
  {
    source,
    target,
    readOnly,
    index,
    labelled,
  }: {
    readonly source: string
    readonly target: string
    readonly readOnly: boolean
    readonly index: number
    readonly labelled: Labelled
  },
  dependencies: Around,
): readonly Mount[] => {
  const { name, folder, base, leave } = dependencies
  const shown = `the mount of ${source}`
  if (!source.startsWith('.')) {
    leave(`${shown}, which is outside of this folder`)
    return []
  }
  const path = fromFolder(base, source)
  if (path.startsWith('..')) {
    leave(`${shown}, which is outside of this folder`)
    return []
  }
  const found = statOf(join(folder, path))
  const label = labelled(path, toLabel(posix.basename(path)) ?? `files-${index}`)
  const secret = (files: Readonly<Record<string, string>>, executable: boolean) => ({
    name: label,
    source: { kind: 'secret' as const, name: `${name}-${label}`, files, executable },
  })
  if (found?.isFile() === true) {
    const key = posix.basename(path)
    if (found.size > largest || !isKey(key)) {
      leave(`${shown}, which no Secret can hold`)
      return []
    }
    return [
      { volume: secret({ [key]: asWritten(path) }, isExecutable(found)), path: target, subPath: key, readOnly: true },
    ]
  }
  // The image has what it was built from, and a save builds it again.
  if (isSource(source, dependencies)) {
    leave(`${shown}: the image has these files, and \`kindup up --watch\` builds it again on each save`)
    return []
  }
  const files = found?.isDirectory() === true ? filesOf(join(folder, path)) : []
  if (files !== undefined && files.length > 0 && (readOnly || isOnlyRead(target))) {
    const keys = Object.fromEntries(files.map(({ key }) => [key, asWritten(posix.join(path, key))]))
    return [
      {
        volume: secret(
          keys,
          files.some(({ executable }) => executable),
        ),
        path: target,
        readOnly: true,
      },
    ]
  }
  if (readOnly) {
    leave(`${shown}, which no Secret can hold`)
    return []
  }
  if (files?.length !== 0) leave(`what is in ${source}: ${target} begins empty`)
  const claim = `${name}-${label}`
  return [{ volume: { name: label, source: { kind: 'claim', name: claim } }, path: target }]
}

/** Where images look for what is written by hand, in paths of their own. */
const isOnlyRead = (target: string): boolean =>
  /(?:^|[/._-])(?:etc|conf|conf\.d|config|initdb\.d|html|templates|certs?|ssl|tls|scripts|migrations|provisioning|dashboards|rules)(?:[/._-]|$)/i.test(
    target,
  )

/** Folders that the image is built from and that are mounted all the same: paths from the folder that `init` looks at. */
export const sourceMounts = (
  service: unknown,
  places: Pick<Around, 'folder' | 'base' | 'context'>,
): readonly { readonly path: string; readonly target: string }[] =>
  listAt(service, 'volumes').flatMap((written) => {
    const { type, source = '', target = '' } = partsOf(written)
    return type === 'bind' && isSource(source, places) ? [{ path: fromFolder(places.base, source), target }] : []
  })

/** A folder that the image is built from. */
const isSource = (source: string, { base, folder, context }: Pick<Around, 'folder' | 'base' | 'context'>): boolean => {
  const path = fromFolder(base, source)
  return (
    source.startsWith('.') &&
    context !== undefined &&
    isWithin(path, context) &&
    statOf(join(folder, path))?.isFile() !== true
  )
}

/** The files of a folder that a Secret can hold; undefined where it cannot hold them all. */
const filesOf = (full: string): readonly { readonly key: string; readonly executable: boolean }[] | undefined => {
  const entries = namesIn(full)?.filter((name) => !/^\.(gitkeep|gitignore|DS_Store)$/.test(name))
  if (entries === undefined || entries.length > mostFiles) return undefined
  const found = entries.map((key) => ({ key, stat: statOf(join(full, key)) }))
  const size = found.reduce((sum, { stat }) => sum + (stat?.size ?? 0), 0)
  if (size > largest || found.some(({ key, stat }) => stat?.isFile() !== true || !isKey(key))) return undefined
  return found.map(({ key, stat }) => ({ key, executable: stat !== undefined && isExecutable(stat) }))
}

/** Undefined where nobody may look: databases leave such folders behind. */
const namesIn = (full: string): readonly string[] | undefined => {
  try {
    return readdirSync(full)
  } catch {
    return undefined
  }
}

const statOf = (full: string): Stats | undefined => {
  try {
    return statSync(full)
  } catch {
    return undefined
  }
}

const isKey = (name: string): boolean => /^[-._a-zA-Z0-9]{1,253}$/.test(name)

const isExecutable = ({ mode }: Stats): boolean => (mode & 0o111) !== 0

/** Both ways to write one. Source: the Compose specification. */
const partsOf = (
  written: unknown,
): { type: string; source: string | undefined; target: string | undefined; readOnly: boolean } => {
  if (isRecord(written))
    return {
      type: textAt(written, 'type') ?? 'volume',
      source: textAt(written, 'source') || undefined,
      target: textAt(written, 'target'),
      readOnly: written['read_only'] === true,
    }
  const parts = String(written).split(':')
  const [source, target, mode = ''] = parts.length === 1 ? [undefined, parts[0]] : parts
  const isPath = source !== undefined && /^[./~]/.test(source)
  return { type: isPath ? 'bind' : 'volume', source, target, readOnly: mode.split(',').includes('ro') }
}
