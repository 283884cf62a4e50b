import { isMap, isScalar, isSeq, parse, stringify, type Node } from 'yaml'
import { pairsOf } from '../../core/yaml-edit/nodes.ts'
import { isRecord } from '../../core/is-record.ts'
import { fieldsAt, mapsAt, valueAt, type Fields } from '../../core/fields.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { entriesOf, sections, type KubeconfigText, type Section } from './document.ts'

/**
 * What stood there before, as text, for each place where more than an entry was put in: null where the key was not
 * there at all, otherwise what stood between its colon and the end of its value.
 */
type Before = Readonly<Record<string, string | null>>

/** Kept in our context as an extension, which kubectl carries along when it writes the whole file again. */
export type Memory = {
  readonly before: Before
  /** The previous context was in this file: it is not restored when it is gone later. */
  readonly previousWasHere?: boolean
  /** There was no file before. */
  readonly made?: boolean
}

const extensionName = 'kindup.dev'

export type Entry = { readonly name: string; readonly [key: string]: unknown }
export type Entries = Readonly<Record<Section, Entry>>

/** The entries for cluster `name` out of the private kubeconfig of kind: each is called `kind-<name>`. */
export const entriesFor = (name: string, kubeconfig: string): Entries => {
  const value: unknown = parse(kubeconfig, { logLevel: 'error' })
  const first = (section: Section, key: string): Fields => {
    const entry = mapsAt(value, section).find((each) => each['name'] === `kind-${name}`)
    const inner = valueAt(entry, key)
    if (!isRecord(inner))
      throw new EnvironmentError('kubeconfig', `The kubeconfig that kind gave has no entry kind-${name} in ${section}.`)
    return inner
  }
  const called = `kind-${name}`
  return {
    clusters: { cluster: first('clusters', 'cluster'), name: called },
    contexts: { context: { ...first('contexts', 'context'), cluster: called, user: called }, name: called },
    users: { name: called, user: first('users', 'user') },
  }
}

/** The context entry with the memory inside. */
export const withMemory = ({ context, name }: Entry, memory: Memory): Entry => ({
  context: sorted({ ...fieldsAt(context), extensions: [{ extension: memory, name: extensionName }] }),
  name,
})

/** The memory in a context entry and the text's node that holds it; undefined in entries that kindup did not write. */
export const memoryOf = (entry: Node): { memory: Memory; pair: ReturnType<typeof extensionPair> } | undefined => {
  const pair = extensionPair(entry)
  const value: unknown = isMap(pair?.value) ? pair.value.toJSON() : undefined
  if (!isRecord(value)) return undefined
  const { previousWasHere, made } = value
  const before = Object.entries(fieldsAt(value, 'before')).flatMap(([key, text]) =>
    text === null || typeof text === 'string' ? [[key, text] as const] : [],
  )
  const memory = {
    before: Object.fromEntries(before),
    ...(typeof previousWasHere === 'boolean' && { previousWasHere }),
    ...(typeof made === 'boolean' && { made }),
  }
  return { memory, pair }
}

const extensionPair = (entry: Node) => {
  const context = isMap(entry) ? entry.get('context') : undefined
  const extensions = isMap(context) ? context.get('extensions') : undefined
  const ours = isSeq(extensions)
    ? extensions.items.find((each) => isMap(each) && each.get('name') === extensionName)
    : undefined
  return isMap(ours) ? pairsOf(ours).find(({ key }) => isScalar(key) && key.value === 'extension') : undefined
}

/** Whether the file holds exactly these entries already, as kindup writes them. */
export const holds = (config: KubeconfigText, wanted: Entries): boolean =>
  sections.every((section) => {
    const found = entriesOf(config, section).filter(({ name }) => name === wanted[section].name)
    const [only] = found
    if (!only || found.length > 1) return false
    if (section === 'contexts' && !memoryOf(only.node)) return false
    return JSON.stringify(sorted(comparable(only.node))) === JSON.stringify(sorted(wanted[section]))
  })

const comparable = (node: Node): unknown => {
  const value = fieldsAt(isMap(node) ? node.toJSON() : undefined)
  const { context } = value
  if (!isRecord(context)) return value
  const { extensions: _, ...rest } = context
  return { ...value, context: rest }
}

const sorted = (value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, inner]) => [key, sorted(inner)]),
      )
    : value

/** The entries of others, for comparing before and after an edit. */
const foreignEntries = (config: KubeconfigText, name: string): string =>
  JSON.stringify(
    sections.map((section) =>
      entriesOf(config, section)
        .filter((entry) => entry.name !== `kind-${name}`)
        .map(({ node }) => comparable(node)),
    ),
  )

/** YAML 1.1 rules for quotes: kubectl reads by those. */
export const blockText = (value: unknown, indent: number, eol: string): string =>
  stringify(value, { version: '1.1', lineWidth: 0, blockQuote: false })
    .trimEnd()
    .split('\n')
    .map((line) => ' '.repeat(indent) + line)
    .join(eol)

/** The net under every edit: throws before anything is written when an entry of somebody else came out differently. */
export const checked = (before: KubeconfigText, after: KubeconfigText, name: string): KubeconfigText => {
  if (foreignEntries(before, name) === foreignEntries(after, name)) return after
  throw new EnvironmentError(
    'kubeconfig',
    `The kubeconfig ${before.file} is written in a way that cannot be edited safely. Nothing was changed.`,
    { hints: [`Write it again with: kubectl config view --raw --kubeconfig '${before.file}' > new, and use that`] },
  )
}
