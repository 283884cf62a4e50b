import { readFile } from 'node:fs/promises'
import { isMap, type Document } from 'yaml'
import { ConfigError, systemCode } from '../../core/errors.ts'
import { fieldsAt, textAt } from '../../core/fields.ts'
import { whyUnread } from '../../core/why-unread.ts'
import { parseYamlText, placeAt, valueOf, type YamlText } from '../image-edit/yaml-text.ts'
import { leavesOf, type Leaf } from './leaves.ts'
import { pinsOf, type Pin } from './pins.ts'

/** A file as it is now, with what it pins. */
export type PinFile = { readonly file: string; readonly yaml: YamlText; readonly documents: readonly PinDocument[] }

export type PinDocument = {
  readonly file: PinFile['file']
  readonly yaml: YamlText
  readonly index: number
  readonly kind: string
  readonly name: string
  readonly leaves: readonly Leaf[]
  readonly pins: readonly Pin[]
}

/** Reads each file once. Throws ConfigError for one that cannot be read, is no UTF-8 text or no YAML. */
export const makePinFiles = (): ((file: string) => Promise<PinFile>) => {
  const known = new Map<string, Promise<PinFile>>()
  return (file) => {
    const read = known.get(file) ?? readPinFile(file)
    known.set(file, read)
    return read
  }
}

const readPinFile = async (file: string): Promise<PinFile> => {
  const yaml = parseYamlText(await textOfFile(file), file)
  const documents = yaml.documents.map((document, index) => {
    const leaves = leavesOf(document)
    const value = fieldsAt(valueOf(document))
    const [kind, name] = [textAt(value, 'kind') ?? '', textAt(value, 'metadata', 'name') ?? '']
    return { file, yaml, index, kind, name, leaves, pins: pinsOf(leaves) }
  })
  return { file, yaml, documents }
}

/** The text of a file. Another encoding would come back with other bytes. */
export const textOfFile = async (file: string): Promise<string> => {
  const unread = whyUnread(file)
  if (unread !== undefined) throw new ConfigError(`${file} cannot be read: ${unread}.`, { code: 'promote' })
  const bytes = await readFile(file).catch((cause: unknown) => {
    const why = { ENOENT: 'There is no file', EISDIR: 'This is a folder:' }[systemCode(cause)] ?? 'This cannot be read:'
    throw new ConfigError(`${why} ${file}.`, { code: 'promote', cause })
  })
  const text = bytes.toString('utf8')
  if (!Buffer.from(text).equals(bytes)) throw new ConfigError(`${file} is no UTF-8 text.`, { code: 'promote' })
  return text
}

/** Where the `sops` of an encrypted file stands; undefined for a plain one. */
export const sopsPlace = ({ yaml }: Pick<PinFile, 'yaml'>) => {
  const pair = yaml.documents
    .flatMap(({ contents }: Document.Parsed) => (isMap(contents) ? contents.items : []))
    .find(({ key, value }) => String(key) === 'sops' && isMap(value) && value.has('mac'))
  return pair && placeAt(yaml, pair.key.range[0])
}
