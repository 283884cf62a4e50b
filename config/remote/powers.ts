import { isAbsolute, relative, resolve } from 'node:path'
import { fieldsAt, listAt, textAt, textsAt } from '../../core/fields.ts'
import { isInside } from '../../core/paths.ts'
import { fillPlaceholders } from '../../core/placeholders.ts'
import { pathsIn } from '../source/paths-in.ts'

type Read = {
  /** The file with its layers, as written. */
  readonly root: Readonly<Record<string, unknown>>
  /** Texts of all files that it was read from. */
  readonly texts: readonly string[]
  /** Folder of the file, where its paths start. */
  readonly folder: string
  /** Of the checkout. */
  readonly repository: string
  /** Environments of the whole, where this is a part of it. */
  readonly environments?: unknown
  /** It is a part of a file of this machine, whose texts its values are put into. */
  readonly isIncluded?: boolean
}

/** What a configuration from elsewhere could run on this machine, or read and write of it, each in a line for people. */
export const powersOf = ({ root, texts, folder, repository, isIncluded = false }: Read): readonly string[] => {
  const shown = (path: string): string => {
    if (path.startsWith('~')) return path
    const absolute = resolve(folder, path)
    return isInside(absolute, repository) ? `${relative(repository, absolute) || '.'} of the repository` : absolute
  }
  const services = Object.entries(fieldsAt(root, 'services'))
  const images = [
    ...Object.entries(fieldsAt(root, 'images')),
    ...services.map(([name, one]) => [name, fieldsAt(one, 'image')] as const),
  ]
  const hooks = services.flatMap(([name, service]) =>
    (['before', 'after'] as const).flatMap((when) =>
      listAt(service, 'hooks', when).map(
        (hook) => `runs ${words(fieldsAt(hook)['run'])} here ${when} ${name} is deployed`,
      ),
    ),
  )
  const builds = images.flatMap(([name, image]) => {
    const build = fieldsAt(image)['build']
    if (build === undefined) return []
    const lent = [
      ...Object.entries(fieldsAt(build, 'secrets')).map(
        ([id, from]) =>
          `reads ${typeof from === 'string' ? shown(from) : `the variable ${textAt(from, 'env') ?? '?'}`} as the secret ${id} of the build of ${name}`,
      ),
      ...(fieldsAt(build)['ssh'] === true ? [`lends the keys of your ssh agent to the build of ${name}`] : []),
    ]
    return [`builds the image ${name}: what its Dockerfile says runs in your container engine`, ...lent]
  })
  const secrets = Object.entries(fieldsAt(root, 'secrets')).flatMap(([name, secret]) => {
    const from = fieldsAt(secret, 'from')
    return ['envFile', 'files', 'sops', 'secret'].flatMap((key) =>
      key in from ? [`makes the secret ${name} of ${key} ${words(from[key])}`] : [],
    )
  })
  const nodes = listAt(root, 'cluster', 'nodes')
  const mounts = nodes.flatMap((node) =>
    listAt(node, 'mounts').map((mount) => `lets the nodes see ${shown(String(mount).split(/:\//)[0] ?? '')}`),
  )
  const open = nodes.flatMap((node) =>
    listAt(node, 'ports')
      .filter((port) => /^(?!127\.|localhost)[\d.[\]a-f:]*[.\]][\d.\]]*:\d+:/.test(String(port)))
      .map((port) => `opens the port ${String(port)}, not to this machine alone`),
  )
  const kind =
    'kind' in fieldsAt(root, 'cluster')
      ? [
          `has raw keys of kind, which may mount folders and open ports: ${Object.keys(fieldsAt(root, 'cluster', 'kind')).join(', ')}`,
        ]
      : []
  const context = textAt(root, 'cluster', 'context')
  const hosts = textAt(root, 'hosts', 'file')
  const loose = services.flatMap(([name, service]) =>
    textAt(service, 'deploy', 'kustomize', 'loadRestrictor') === 'none'
      ? [`lets kustomize read files outside the folder of ${name}`]
      : [],
  )
  // As Argo CD's `kustomize.buildOptions`, which holds for all Applications.
  const looseForAll = Object.values(fieldsAt(root, 'addons', 'argocd', 'set')).some((value) =>
    /LoadRestrictionsNone/.test(JSON.stringify(value)),
  )
    ? ['lets the kustomizations of all Applications read files outside their folders']
    : []
  return [
    ...hooks,
    ...builds,
    ...secrets,
    ...mounts,
    ...open,
    ...kind,
    ...(context === undefined ? [] : [`changes the cluster of your context ${context}`]),
    ...(hosts === undefined ? [] : [`writes host names to ${shown(hosts)}`]),
    ...loose,
    ...looseForAll,
    ...(isIncluded ? leading(root) : []),
    ...variables(texts),
  ].map(plain)
}

/** A line end, an escape or a turn of the direction would have a person read another line than the one that is trusted. */
const plain = (line: string): string =>
  line.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (one) => String.raw`\u{${(one.codePointAt(0) ?? 0).toString(16)}}`)

const words = (value: unknown): string =>
  Array.isArray(value)
    ? value.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join(' ')
    : typeof value === 'string'
      ? value
      : Object.keys(fieldsAt(value)).join(', ')

/** Values of placeholders that make another path of one that a file of this machine has written. */
const leading = (root: Read['root']): readonly string[] =>
  Object.entries(fieldsAt(root, 'environments')).flatMap(([env, one]) =>
    Object.entries(textsAt(one, 'vars'))
      .filter(([, value]) => /^[/~]|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(value))
      .map(([name, value]) => `has {${name}} lead elsewhere in paths of ${env}: ${value}`),
  )

/** A file declares no variables: whatever it names, it reads of the environment of who runs it. */
const variables = (texts: readonly string[]): readonly string[] => {
  const names = new Set(
    texts.flatMap((text) => [...text.matchAll(/(?<!\$)\$\{([A-Za-z_]\w*)/g)].map(([, name = '']) => name)),
  )
  return names.size === 0 ? [] : [`reads of your environment: ${[...names].toSorted().join(', ')}`]
}

/** Where a configuration from elsewhere may name what is outside of its repository: that is shown. */
const mayBeOutside = /^(?:cluster\.|hosts\.|images\.[^.]+\.build\.secrets|services\.[^.]+\.image\.build\.secrets)/

/** Files and folders outside of the repository that it would have rendered, applied or sent to a cluster. */
export const outsidePaths = ({
  root,
  folder,
  repository,
  environments = root['environments'],
}: Read): readonly { readonly path: readonly (string | number)[]; readonly text: string }[] =>
  pathsIn(root).filter(({ path, text: written }) =>
    filledIn(environments, written).some((text) => {
      if (mayBeOutside.test(path.join('.'))) return false
      // A name in a chart repository is no path.
      if (path.at(-1) === 'chart' && !isAbsolute(text) && !text.startsWith('.') && !text.startsWith('~')) return false
      return text.startsWith('~') || !isInside(resolve(folder, text), repository)
    }),
  )

/** A text with the placeholders of each environment that it may be read for: their values may lead anywhere. */
const filledIn = (environments: unknown, text: string): readonly string[] => [
  text,
  ...Object.entries(fieldsAt(environments)).map(([env, one]) =>
    fillPlaceholders(text, { ...textsAt(one, 'vars'), env }),
  ),
]
