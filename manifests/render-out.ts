import type { Deployable, Source } from './deployable.ts'
import { mergedValues } from './helm/values-files.ts'
import type { Rendered } from './source/rendered.ts'
import { readerOf } from './source/render.ts'
import { wholeObject, type RenderedDocument } from './yaml/outlined.ts'
import { writeObject, writeObjects } from './yaml/write.ts'

export type RenderedFile = {
  readonly path: string
  readonly text: string
  /** It may hold passwords: nobody else reads it. */
  readonly isPrivate?: boolean
}

/**
 * What `render --out` writes for each deployable whose step is taken: `<step id>/manifests.yaml`, or `<step id>/values.yaml` where its
 * chart or its renderer is not on this machine. Paths are relative, with slashes.
 */
export const renderOut = async (
  {
    deployables,
    sources,
  }: {
    readonly deployables: readonly Deployable[]
    readonly sources: ReadonlyMap<string, Rendered>
  },
  isTaken: (id: string) => boolean,
): Promise<readonly RenderedFile[]> => {
  const taken = deployables.filter(({ id }) => isTaken(id))
  const files = await Promise.all(taken.map((deployable) => fileOf(deployable, sources.get(deployable.id))))
  const crds = isTaken('crds') ? sources.get('crds') : undefined
  return [...(crds?.objects ? [manifests('crds', crds.objects, [])] : []), ...files.flatMap((file) => file ?? [])]
}

const fileOf = async (
  { id, source }: Deployable,
  rendered: Rendered | undefined,
): Promise<RenderedFile | undefined> => {
  if (rendered?.objects) return manifests(id, rendered.objects, rendered.exposed, source)
  if (source.kind !== 'helm') return undefined
  return { path: `${id}/values.yaml`, text: writeObject(await mergedValues(source.values)), isPrivate: true }
}

const manifests = (
  id: string,
  documents: NonNullable<Rendered['objects']>,
  exposed: Rendered['exposed'],
  source?: Source,
): RenderedFile => ({
  path: `${id}/manifests.yaml`,
  isPrivate: documents.some(({ object }) => object.kind === 'Secret'),
  text: [...documents.map((document) => written(document, source)), writeObjects(exposed)].join(''),
})

const written = (document: RenderedDocument, source: Source | undefined): string => {
  const { object, text } = document
  if (text === undefined) return writeObjects([object])
  return source && source.kind !== 'helm' ? writeObjects([wholeObject(document, readerOf(source))]) : whole(text)
}

const whole = (text: string): string =>
  `${text.startsWith('---') ? '' : '---\n'}${text}${text.endsWith('\n') ? '' : '\n'}`
