import { isRecord } from '../../../core/is-record.ts'
import { asWritten, fromFolder } from '../paths.ts'

type Fields = Readonly<Record<string, unknown>>

/** A service of a file in `folder`, with its paths as the file that takes it in would write them. */
export const rebasedService = (service: unknown, folder: string): unknown => {
  if (folder === '.' || !isRecord(service)) return service
  const path = rebasing(folder)
  return mapped(service, {
    build: (build) => (isRecord(build) ? mapped(build, { context: path }) : path(build)),
    env_file: (file) => each(file, (one) => (isRecord(one) ? mapped(one, { path }) : path(one))),
    extends: (base) => (isRecord(base) ? mapped(base, { file: path }) : base),
    volumes: (volumes) => each(volumes, (one) => volumeIn(one, path)),
  })
}

/** The same of what else a file says. */
export const rebasedFile = (data: Fields, folder: string): Fields => {
  if (folder === '.') return data
  const file = (all: unknown): unknown =>
    isRecord(all)
      ? Object.fromEntries(
          Object.entries(all).map(([name, one]) => [
            name,
            isRecord(one) ? mapped(one, { file: rebasing(folder) }) : one,
          ]),
        )
      : all
  return mapped(data, {
    configs: file,
    secrets: file,
    services: (services) =>
      isRecord(services)
        ? Object.fromEntries(Object.entries(services).map(([name, one]) => [name, rebasedService(one, folder)]))
        : services,
  })
}

type Change = (value: unknown) => unknown

const mapped = (fields: Fields, changes: Readonly<Record<string, Change>>): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      Object.hasOwn(changes, key) && value !== null ? changes[key]!(value) : value,
    ]),
  )

const each = (value: unknown, change: Change): unknown => (Array.isArray(value) ? value.map(change) : change(value))

/** Paths from the root, of the home folder, from elsewhere or with a variable at their beginning stay. */
const rebasing =
  (folder: string): Change =>
  (path) =>
    typeof path !== 'string' || /^(?:[/~$]|\w+:\/\/|git@)/.test(path) ? path : asWritten(fromFolder(folder, path))

const volumeIn = (volume: unknown, path: Change): unknown => {
  if (isRecord(volume)) return volume['type'] === 'bind' ? mapped(volume, { source: path }) : volume
  const [, source, rest] = /^(\.[^:]*)(:.*)$/s.exec(String(volume)) ?? []
  // What does not begin with a dot is the name of a volume.
  return source === undefined ? volume : `${String(path(source))}${rest}`
}
