import { partsOf } from '../../cluster/reference.ts'
import { showLeafPath, type Leaf } from './leaves.ts'

/** A value that says which version runs: a tag, a digest, the end of an image reference, or the version of a chart. */
export type Pin = {
  readonly path: readonly string[]
  readonly kind: 'tag' | 'digest' | 'reference' | 'version'
  /** What is copied: of a reference only what stands behind the repository. Undefined for what reads as no text. */
  readonly text: string | undefined
  /** The image that a reference names, without registry and folders. */
  readonly image?: string
  readonly leaf: Leaf
}

/** Those of the values that pin an image or a chart, in whatever kind of file: values, manifests, Applications, HelmReleases. */
export const pinsOf = (leaves: readonly Leaf[]): readonly Pin[] => {
  const siblings = Map.groupBy(leaves, ({ path }) => showLeafPath(path.slice(0, -1)))
  return leaves.flatMap((leaf): readonly Pin[] => {
    const beside = new Set(
      siblings.get(showLeafPath(leaf.path.slice(0, -1)))?.map(({ path }) => path.at(-1) ?? '') ?? [],
    )
    const kind = kindOf(leaf, beside)
    if (kind === undefined) return []
    if (kind !== 'reference') {
      const text = textOf(leaf)
      return text === '' && kind !== 'digest' ? [] : [{ path: leaf.path, kind, text, leaf }]
    }
    const whole = String(leaf.value)
    const { repository, tag, digest } = partsOf(whole.slice(whole.indexOf('=') + 1))
    const text = (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`)
    return text === '' ? [] : [{ path: leaf.path, kind, text, image: repository.split('/').at(-1) ?? '', leaf }]
  })
}

/** What a dotted path of a values file pins, by its words alone. */
export const kindOfPath = (
  words: readonly string[],
  beside: ReadonlySet<string> = new Set(),
): Pin['kind'] | undefined => {
  const keys = words.filter((word) => !/^\[\d+\]$/.test(word))
  const last = keys.at(-1) ?? ''
  const above = keys.slice(-3, -1)
  const isImage =
    above.some((word) => /images?$/i.test(word)) ||
    ['repository', 'registry', 'repo', 'newName'].some((word) => beside.has(word)) ||
    (keys.length === 1 && /^(tag|digest)$/.test(last))
  if (isImage && /^(tag|newTag)$/.test(last)) return 'tag'
  if (isImage && /^(digest|sha)$/.test(last)) return 'digest'
  if (/image$/i.test(keys.at(-2) ?? '') && last === 'version') return 'tag'
  if (/image[-_]?(tag|version)$/i.test(last)) return 'tag'
  if (/image[-_]?(digest|sha)$/i.test(last)) return 'digest'
  if (keys.at(-2) === 'ref' && /^(tag|semver|commit)$/.test(last)) return 'version'
  if (keys.at(-2) === 'ref' && last === 'digest') return 'digest'
  return undefined
}

const kindOf = ({ path, value }: Leaf, beside: ReadonlySet<string>): Pin['kind'] | undefined => {
  const last = path.at(-1) ?? ''
  // A list of `helm.parameters`: the name is the path.
  if (last === 'value' && path.at(-3) === 'parameters') return kindOfPath((path.at(-2) ?? '').slice(1, -1).split('.'))
  if (last === 'targetRevision')
    return beside.has('chart') || /^(v?\d+\.\d+[\w.+-]*|[0-9a-f]{40})$/.test(String(value)) ? 'version' : undefined
  if (last === 'version' && (beside.has('chart') || path.at(-3) === 'helmCharts')) return 'version'
  if (last.startsWith('[') && path.at(-2) === 'images' && typeof value === 'string') return 'reference'
  if (/image$/i.test(last) && typeof value === 'string' && /[:@]/.test(value)) return 'reference'
  return kindOfPath(path, beside)
}

/** The longest whole number that Go's templates print as it is written. */
const isPlainNumber = (source: string): boolean => /^(0|[1-9]\d{0,5})$/.test(source)

const textOf = ({ value, source }: Leaf): string | undefined => {
  if (value === null) return ''
  if (typeof value === 'string') return value
  return typeof value === 'number' && isPlainNumber(source) ? source : undefined
}
