import type { File, FoundImage } from '../found.ts'
import { toLabel } from '../names.ts'
import { fromFolder, isWithin } from '../paths.ts'
import { lastPart } from '../../../cluster/reference.ts'
import { repositoryOf } from '../repository.ts'

type Written = {
  /** As it stands in the manifests. */
  readonly reference: string
  /** From the folder of the file that says it. */
  readonly context: string
  /** From the context, as far as `isBelow` says so; else from the folder of the file. */
  readonly dockerfile?: string | undefined
  readonly target?: string | undefined
  readonly args?: Readonly<Record<string, string>> | undefined
}

/** The image that another tool builds; undefined where its Dockerfile is not there, or its name or path is made up when it runs. */
export const imageAt = (
  folder: string,
  { reference, context: written, dockerfile, target, args = {} }: Written,
  files: readonly File[],
  { isBelow }: { readonly isBelow: boolean },
): FoundImage | undefined => {
  const repository = repositoryOf(reference)
  const name = toLabel(lastPart(repository ?? ''))
  if (repository === undefined || name === undefined || /[${}]|^\w+:\/\/|^\//.test(`${written}${dockerfile ?? ''}`))
    return undefined
  const context = fromFolder(folder, written)
  const path =
    dockerfile === undefined ? fromFolder(context, 'Dockerfile') : fromFolder(isBelow ? context : folder, dockerfile)
  // A folder that is filled before each build is not there yet.
  const isThere = files.some((file) => isWithin(file.path, context))
  if (context.startsWith('..') || !isThere || !files.some((file) => file.path === path)) return undefined
  return {
    name,
    context,
    repository,
    ...(path === fromFolder(context, 'Dockerfile') ? {} : { file: path }),
    ...(target === undefined || /[${}]/.test(target) ? {} : { target }),
    ...(Object.keys(args).length === 0 ? {} : { args }),
  }
}
