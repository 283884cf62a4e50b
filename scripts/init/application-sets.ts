import { dirname, relative } from 'node:path'
import { ownRepository } from '../../config/adopt/own-repository.ts'
import { readApplicationFile } from '../../config/adopt/read-applications.ts'
import type { Adopted } from '../../config/adopted.ts'
import type { DraftService } from './draft-service.ts'
import type { ApplicationSets, File, Found } from './found.ts'
import { chartsOf } from './kustomizations.ts'
import type { ObjectReader } from './manifests.ts'
import { asWritten, folderOf, isWithin } from './paths.ts'

/**
 * The ApplicationSets of Argo CD whose Applications all deploy this repository, and Applications that lead to a folder of this one with Applications
 * of other repositories alone: nothing else of them is here to be deployed.
 */
export const findApplicationSets = (
  folder: string,
  files: readonly File[],
  objectsOf: ObjectReader,
): Pick<Found, 'sets' | 'fetching'> => {
  const repository = ownRepository(folder)
  // Paths start at the top of the repository; of a folder below it they would lead elsewhere.
  if (repository.root !== folder) return {}
  const names = new Set<string>()
  const isFirst = ({ name }: Adopted): boolean => names.size < names.add(name).size
  const all = files.flatMap((file) => {
    const objects = objectsOf(file)
    const isOfSets = objects.every(isSet)
    if (objects.length === 0 || (!isOfSets && !objects.every(isApplication))) return []
    const { adopted, findings } = readApplicationFile(file.full, repository)
    const isOwn = adopted.length > 0 && adopted.every(({ application }) => (application !== undefined) === isOfSets)
    const isNews = isOfSets || adopted.every((one) => one.at.file !== file.full && isFirst(one))
    return isOwn && isNews && findings.every(({ severity }) => severity !== 'error')
      ? [{ path: file.path, adopted, ...chartsOf(adopted.flatMap(kustomizationOf)) }]
      : []
  })
  const found = all.filter(({ charts }) => charts !== 'far')
  const fetching = all.filter(({ charts }) => charts === 'far').map(({ path }) => path)
  return {
    ...(found.length === 0
      ? {}
      : {
          sets: {
            files: found.map(({ path }) => path),
            below: [...new Set(found.flatMap(({ adopted }) => adopted.map(({ at }) => asPath(at.file, folder))))],
            deploys: [...new Set(found.flatMap(({ adopted }) => adopted.flatMap((one) => pathsOf(one, folder))))],
            ...(found.some(({ charts }) => charts === 'here') ? { charts: true } : {}),
          },
        }),
    ...(fetching.length === 0 ? {} : { fetching }),
  }
}

const kustomizationOf = ({ source }: Adopted): readonly string[] => (source.kind === 'kustomize' ? [source.folder] : [])

const isSet = ({ apiVersion, kind }: ReturnType<ObjectReader>[number]): boolean =>
  apiVersion.startsWith('argoproj.io/') && kind === 'ApplicationSet'

const isApplication = ({ apiVersion, kind }: ReturnType<ObjectReader>[number]): boolean =>
  apiVersion.startsWith('argoproj.io/') && kind === 'Application'

const pathsOf = ({ source }: Adopted, folder: string): readonly string[] => {
  const full =
    source.kind === 'helm'
      ? [source.chart.chart]
      : source.kind === 'kustomize'
        ? [source.folder]
        : source.paths.map((path) => dirname(path))
  return full.map((path) => asPath(path, folder))
}

const asPath = (path: string, folder: string): string => relative(folder, path).replaceAll('\\', '/') || '.'

/** What deploys them as they are. */
export const setService = ({ files }: ApplicationSets): DraftService => ({
  name: 'applications',
  from: folderOf(files[0] ?? ''),
  deploy: { kind: 'applications', paths: files.map(asWritten) },
  environments: [],
})

/** Whether ApplicationSets deploy what stands at a path: itself, or something beside it of another environment. */
export const isOfSets = (path: string, sets: ApplicationSets | undefined): boolean => {
  const plain = path.replace(/^\.\//, '')
  return (sets?.deploys ?? []).some(
    (one) => isWithin(plain, one) || (plain.includes('{env}') && one.includes('/') && isWithin(plain, folderOf(one))),
  )
}
