import { relative } from 'node:path'
import type { Problem } from '../../core/problem.ts'
import { isKustomization } from '../image-edit/kustomization.ts'
import { parseWanted } from '../image-edit/wanted.ts'
import type { Want } from './edit-file.ts'
import type { EnvironmentFiles } from './environment-files.ts'
import type { Between, Found } from './found.ts'
import type { PinDocument } from './read-files.ts'
import { placeOfPin, unreadable } from './unreadable.ts'

type Kustomizations = Extract<EnvironmentFiles, { kind: 'kustomize' }>

/** The `images` of kustomizations: of the folder itself and of those that lie at the same path below it. */
export const wantsOfImages = async (
  source: Kustomizations,
  target: Kustomizations,
  { service, from, to, read, show }: Between,
): Promise<Found> => {
  const wants: (Want & { readonly file: string })[] = []
  const notes: string[] = []
  const problems: Problem[] = []
  const wayOf = ({ folder }: Kustomizations, file: string): string =>
    relative(folder, file).replace(/kustomization(\.ya?ml)?$/i, 'kustomization')
  for (const file of source.files) {
    const { yaml, documents } = await read(file)
    if (!isKustomization(yaml) || target.files.includes(file)) continue
    const other = target.files.find((one) => wayOf(target, one) === wayOf(source, file))
    const entries = documents.flatMap((document) => entriesOf(document))
    if (other === undefined) {
      if (entries.length > 0)
        notes.push(`${service}: ${show(file)} pins images, and ${to} has no such file below ${show(target.folder)}.`)
      continue
    }
    for (const { name, newName, tag, digest, document } of entries) {
      const pins = [tag, digest].filter((pin) => pin !== undefined)
      const troubles = pins.flatMap((pin) => unreadable(document.yaml, pin) ?? [])
      problems.push(...troubles)
      const [first] = pins
      if (!first || troubles.length > 0) continue
      const word = (tag ? `=${tag.text}` : '') + (digest ? `@${digest.text}` : '')
      const [image] = parseWanted([`${name}${word}`])
      if (image)
        wants.push({
          file: other,
          service,
          from: placeOfPin(document.yaml, first),
          image,
          ...(newName === undefined ? {} : { newName }),
        })
    }
    const theirs = (await read(other)).documents.flatMap((document) => entriesOf(document))
    for (const { name } of theirs)
      if (!entries.some((one) => one.name === name))
        notes.push(`${service}: ${show(other)} pins ${name}, and ${from} does not: it is left as it is.`)
  }
  return { wants, notes, problems }
}

const entriesOf = (document: PinDocument) => {
  const entries = Map.groupBy(
    document.leaves.filter(({ path }) => path[0] === 'images' && path.length === 3),
    ({ path }) => path[1] ?? '',
  )
  return [...entries].flatMap(([selector, leaves]) => {
    const text = (key: string): string | undefined => {
      const value = leaves.find(({ path }) => path[2] === key)?.value
      return value === null || value === undefined || value === '' ? undefined : String(value)
    }
    const pin = (key: string) =>
      document.pins.find(
        ({ path, text: said }) => path[0] === 'images' && path[1] === selector && path[2] === key && said !== '',
      )
    const [name, newName, tag, digest] = [text('name'), text('newName'), pin('newTag'), pin('digest')]
    return name === undefined || (!tag && !digest) ? [] : [{ name, newName, tag, digest, document }]
  })
}
