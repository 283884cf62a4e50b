import { showPlace, type Problem } from '../../core/problem.ts'
import type { Want } from './edit-file.ts'
import { showLeafPath } from './leaves.ts'
import type { Pin } from './pins.ts'
import type { Between, Found } from './found.ts'
import { sopsPlace, type PinDocument } from './read-files.ts'
import { sameImage } from './same-image.ts'
import { placeOfPin, unreadable } from './unreadable.ts'

type Effective = { readonly pin: Pin; readonly document: PinDocument }

/** What counts of several values files, of which the later win: in each environment, and which of them has to say it. */
export const wantsOfValues = async (
  source: readonly string[],
  target: readonly string[],
  { service, from, to, read, show }: Between,
): Promise<Found> => {
  const [sources, targets] = await Promise.all([source, target].map((files) => Promise.all(files.map(read))))
  const [fromPins, toPins] = [effective(sources ?? []), effective(targets ?? [])]
  const own = target.filter((file) => !source.includes(file))
  const writable = (targets ?? []).filter((one) => own.includes(one.file) && !sopsPlace(one)).map(({ file }) => file)
  /** Where it stands already, else beside where the other environment says it, else in the last file. */
  const homeOf = (sourceFile: string, there: Effective | undefined): string | undefined => {
    if (there && own.includes(there.document.file)) return there.document.file
    const beside = target[source.indexOf(sourceFile)]
    return beside !== undefined && writable.includes(beside) ? beside : (writable.at(-1) ?? own.at(-1))
  }
  const wants: (Want & { readonly file: string })[] = []
  const notes: string[] = []
  const problems: Problem[] = []
  for (const [key, { pin, document }] of fromPins) {
    const there = toPins.get(key)
    if (there && there.pin.text === pin.text && there.pin.leaf.value !== null && pin.text !== undefined) {
      if (typeof there.pin.leaf.value === 'string' || pin.leaf.value === there.pin.leaf.value) continue
    }
    if (pin.text === '' && (there?.pin.text ?? '') === '') continue
    const trouble = unreadable(document.yaml, pin)
    if (trouble) {
      problems.push(trouble)
      continue
    }
    if (there && !sameImage(pin, there.pin)) {
      notes.push(
        `${service}: ${showLeafPath(pin.path)} is the image ${pin.image} in ${from} and ${there.pin.image} in ${to}: it is left as it is.`,
      )
      continue
    }
    const file = homeOf(document.file, there)
    if (file === undefined || pin.text === undefined) continue
    const at = placeOfPin(document.yaml, pin)
    const isReference = pin.kind === 'reference'
    // A whole reference that is missing is taken whole.
    const text = isReference && !there ? String(pin.leaf.value) : pin.text
    wants.push({
      file,
      service,
      from: at,
      document: document.index,
      path: pin.path,
      text,
      isReference: isReference && !!there,
    })
    wants.push(
      ...versionsBeside({ pin, document }, there).map((path) => ({
        file,
        service,
        from: at,
        document: document.index,
        path,
        text: pin.text ?? '',
        isReference: false,
      })),
    )
  }
  // A digest wins over the tag: one that is left there would keep the old version running.
  for (const [key, { pin, document }] of toPins) {
    if (pin.kind !== 'digest' || (pin.text ?? '') === '' || fromPins.has(key)) continue
    const tag = [...fromPins.values()].find(
      (one) =>
        one.pin.kind === 'tag' && showLeafPath(one.pin.path.slice(0, -1)) === showLeafPath(pin.path.slice(0, -1)),
    )
    const file = tag && homeOf(tag.document.file, { pin, document })
    if (tag && file !== undefined)
      wants.push({
        file,
        service,
        from: placeOfPin(tag.document.yaml, tag.pin),
        document: document.index,
        path: pin.path,
        text: '',
        isReference: false,
      })
  }
  for (const [key, { pin, document }] of toPins)
    if (!fromPins.has(key) && pin.kind !== 'digest' && own.includes(document.file))
      notes.push(
        `${service}: ${showPlace({ ...placeOfPin(document.yaml, pin), file: show(document.file) })} pins ${showLeafPath(pin.path)}, and ${from} does not: it is left as it is.`,
      )
  return { wants, notes, problems }
}

const effective = (files: readonly { readonly documents: readonly PinDocument[] }[]): ReadonlyMap<string, Effective> =>
  new Map(
    files.flatMap(({ documents }) =>
      documents.flatMap((document) =>
        document.pins.map((pin) => [`${document.index} ${showLeafPath(pin.path)}`, { pin, document }] as const),
      ),
    ),
  )

type Pinned = { readonly pin: Pin; readonly document: PinDocument }

/**
 * What goes with a tag: values whose path speaks of a version, and that say in each environment what its tag says
 * (`APP_VERSION` among the variables). They follow it.
 */
const versionsBeside = ({ pin, document }: Pinned, there: Pinned | undefined): readonly (readonly string[])[] => {
  if (pin.kind !== 'tag' || !there) return []
  const theirs = new Map(there.document.leaves.map((leaf) => [showLeafPath(leaf.path), leaf]))
  const pinned = new Set([...document.pins, ...there.document.pins].map(({ path }) => showLeafPath(path)))
  return document.leaves
    .filter(({ path, value }) => {
      const key = showLeafPath(path)
      return (
        !pinned.has(key) &&
        /version/i.test(key) &&
        value === pin.leaf.value &&
        theirs.get(key)?.value === there.pin.leaf.value
      )
    })
    .map(({ path }) => path)
}
