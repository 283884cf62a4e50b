import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { textAt, valueAt } from '../../../core/fields.ts'
import { isRecord } from '../../../core/is-record.ts'
import { convert } from './convert.ts'
import { readDotenv, readText } from './dotenv.ts'
import { readLayers } from './layers.ts'
import type { File, FoundCompose, FoundImage } from '../found.ts'
import { toLabel } from '../names.ts'
import { asWritten, folderOf, fromFolder, isWithin, nameOf } from '../paths.ts'
import { filledAt } from '../read-yaml.ts'
import { repositoryOf } from '../repository.ts'
import { textOf } from './text-of.ts'
import { filledIn } from './variables.ts'
import { sourceMounts } from './volumes.ts'
import { withCode } from './with-code.ts'

/** In the order that docker compose itself takes them. */
const names = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml']

/** The compose file nearest to the top, and of several there the one in a folder that is called like the project; with the services that it builds and those that it only runs. */
export const findCompose = (
  files: readonly File[],
  folder: string,
  /** The project's name, where the file is to become services. */
  project: string | undefined,
): FoundCompose | undefined => {
  const isNamesake = ({ path }: File): number => Number(nameOf(folderOf(path)) === project)
  const [file, ...more] = files
    .filter(({ path }) => names.includes(nameOf(path)))
    .toSorted(
      (a, b) =>
        depthOf(a) - depthOf(b) ||
        isNamesake(b) - isNamesake(a) ||
        names.indexOf(nameOf(a.path)) - names.indexOf(nameOf(b.path)),
    )
  if (file === undefined) return undefined
  const { data, notes = [] } = readLayers(folder, file.path) ?? {}
  const services = valueAt(data, 'services')
  if (data === undefined || !isRecord(services)) return undefined
  const { values } = readDotenv(folder, folderOf(file.path))
  const filled = filledIn(services, (name) => values.get(name))
  const entries = Object.entries(isRecord(filled) ? filled : {})
  const builds = new Map(
    entries.flatMap(([name, service]) => {
      const image = imageOf(name, service, file, { folder, files })
      return image ? [[name, image] as const] : []
    }),
  )
  return {
    file: file.path,
    // What stands beside it or below it is more of the same thing, or a part of it.
    besides: more.map(({ path }) => path).filter((path) => !isWithin(path, folderOf(file.path))),
    images: [...builds.values()],
    ...(project === undefined ? {} : { converted: convert({ file: file.path, folder, project, data, builds, notes }) }),
    others: entries.flatMap(([name, service]) => {
      const image = filledAt(service, 'image')
      return valueAt(service, 'build') === undefined && image !== undefined ? [{ name, image }] : []
    }),
  }
}

const depthOf = ({ path }: File): number => path.split('/').length

const imageOf = (
  key: string,
  service: unknown,
  file: File,
  { folder, files }: { readonly folder: string; readonly files: readonly File[] },
): FoundImage | undefined => {
  const build = valueAt(service, 'build')
  const written = typeof build === 'string' ? build : isRecord(build) ? (textAt(build, 'context') ?? '.') : undefined
  const name = toLabel(key)
  // Nothing where nothing sets its variable.
  if (name === undefined || written === undefined || /^$|[${}]|^\w+:\/\/|^git@|^\//.test(written)) return undefined
  const context = fromFolder(folderOf(file.path), written)
  const dockerfile = filledAt(build, 'dockerfile')
  const path = fromFolder(context, dockerfile ?? 'Dockerfile')
  // An inline Dockerfile, or one that a script writes first: nothing that could be built as it stands.
  if (/[${}]/.test(path) || !existsSync(join(folder, path)) || !existsSync(join(folder, context))) return undefined
  const wanted = filledAt(build, 'target')
  const repository = repositoryOf(filledAt(service, 'image') ?? '')
  const args = Object.fromEntries(argsOf(valueAt(build, 'args')))
  const dockerfileText = readText(join(folder, path)) ?? ''
  const mounts = sourceMounts(service, { folder, base: folderOf(file.path), context })
  const { target, mounted } = withCode(
    { dockerfile: dockerfileText, args, ...(wanted !== undefined && !/[${}]/.test(wanted) && { target: wanted }) },
    files.map((one) => one.path).filter((one) => mounts.some((mount) => isWithin(one, mount.path))),
    context,
  )
  return {
    name,
    context,
    ...(dockerfile === undefined || dockerfile === 'Dockerfile' ? {} : { file: path }),
    ...(target === undefined ? {} : { target }),
    ...(Object.keys(args).length === 0 ? {} : { args }),
    ...(mounted === undefined
      ? {}
      : {
          mounted:
            mounted === 'stage'
              ? `${key} of ${asWritten(file.path)} ends at its stage ${wanted}, which the code is mounted into: here its whole Dockerfile is built.`
              : `${key} of ${asWritten(file.path)} gets its code by a mount: nothing in ${asWritten(path)} copies it, and the image has none.`,
        }),
    ...(repository === undefined ? {} : { repository }),
  }
}

/** A map, or a list of `NAME=value`. */
const argsOf = (written: unknown): readonly (readonly [name: string, value: string])[] =>
  isRecord(written)
    ? Object.entries(written).map(([name, value]) => [name, textOf(value)])
    : Array.isArray(written)
      ? written.map((one) => {
          const [name = '', ...rest] = textOf(one).split('=')
          return [name, rest.join('=')]
        })
      : []
