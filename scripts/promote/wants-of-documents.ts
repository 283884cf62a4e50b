import type { Problem } from '../../core/problem.ts'
import { isKustomization } from '../image-edit/kustomization.ts'
import type { Want } from './edit-file.ts'
import { showLeafPath } from './leaves.ts'
import type { Pin } from './pins.ts'
import type { Between, Found } from './found.ts'
import type { PinDocument } from './read-files.ts'
import { sameImage } from './same-image.ts'
import { placeOfPin, unreadable } from './unreadable.ts'

/** Objects of one environment, each beside its counterpart in the other: containers' images, versions of charts. */
export const wantsOfDocuments = async (
  source: readonly string[],
  target: readonly string[],
  { service, from, to, read, show }: Between,
): Promise<Found> => {
  const documentsIn = async (files: readonly string[], others: readonly string[]): Promise<readonly PinDocument[]> =>
    (await Promise.all(files.filter((file) => !others.includes(file)).map(read))).flatMap(({ documents }) => documents)
  const [ours, theirs] = await Promise.all([documentsIn(source, target), documentsIn(target, source)])
  const wants: (Want & { readonly file: string })[] = []
  const notes: string[] = []
  const problems: Problem[] = []
  for (const document of ours) {
    const pins = document.pins.filter((pin) => !isEntry(document, pin))
    if (pins.length === 0) continue
    const other = counterpart(document, ours, theirs, [from, to])
    if (!other) {
      notes.push(
        `${service}: ${to} has no ${document.kind || 'document'} ${document.name || show(document.file)}.`.replace(
          / +/g,
          ' ',
        ),
      )
      continue
    }
    for (const pin of pins) {
      const key = showLeafPath(pin.path)
      const there = other.pins.find(({ path }) => showLeafPath(path) === key)
      if (there && there.text === pin.text && there.leaf.value === pin.leaf.value) continue
      const trouble = unreadable(document.yaml, pin)
      if (trouble) problems.push(trouble)
      else if (there && !sameImage(pin, there))
        notes.push(
          `${service}: ${key} of ${document.kind} ${document.name} is the image ${pin.image} in ${from} and ${there.image} in ${to}: it is left as it is.`,
        )
      else if (there?.text !== pin.text)
        wants.push({
          file: other.file,
          service,
          from: placeOfPin(document.yaml, pin),
          document: other.index,
          path: pin.path,
          text: pin.text ?? '',
          isReference: pin.kind === 'reference',
        })
    }
  }
  return { wants, notes, problems }
}

/** What the `images` of a kustomization say is another's part. */
const isEntry = (document: PinDocument, { path }: Pin): boolean =>
  path[0] === 'images' && isKustomization({ ...document.yaml, file: document.file })

/** The document of the same kind and name, or of a name that differs by the environment's alone; or the only one of its kind. */
const counterpart = (
  document: PinDocument,
  ours: readonly PinDocument[],
  theirs: readonly PinDocument[],
  environments: readonly string[],
): PinDocument | undefined => {
  const same = theirs.filter(({ kind }) => kind === document.kind)
  const bare = ({ name }: PinDocument): string =>
    name
      .split('-')
      .filter((part) => !environments.some((one) => one === part || (part.length > 2 && one.startsWith(part))))
      .join('-')
  const byName = same.filter(({ name }) => name === document.name)
  const byRest = same.filter((one) => bare(one) === bare(document))
  const [only] = byName.length === 1 ? byName : byRest.length === 1 ? byRest : same
  const isOnly = same.length === 1 && ours.filter(({ kind }) => kind === document.kind).length === 1
  return byName.length === 1 || byRest.length === 1 || isOnly ? only : undefined
}
