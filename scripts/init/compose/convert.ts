import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isRecord } from '../../../core/is-record.ts'
import { textAt } from '../../../core/fields.ts'
import { imageKey, type DraftSecret, type DraftService } from '../draft-service.ts'
import { draftImage } from '../draft.ts'
import type { Converted } from './converted.ts'
import { aliasesOf, namesOf } from './names.ts'
import type { FoundImage } from '../found.ts'
import { listed } from '../listed.ts'
import { freeName, toLabel } from '../names.ts'
import { asWritten, folderOf, fromFolder } from '../paths.ts'
import { repositoryOf } from '../repository.ts'
import { containerOf } from './container.ts'
import { readDotenv, readEnv, readText } from './dotenv.ts'
import { dependenciesOf, inOrderOfNeeds, waitedForEnd } from './dependencies.ts'
import { environmentOf } from './environment.ts'
import { filesOf } from './granted-files.ts'
import { objectsOf } from './objects.ts'
import { knownPorts, portsOf, unknownPorts, type Port } from './ports.ts'
import { leftOut } from './left-out.ts'
import { filledIn } from './variables.ts'
import { mountsOf } from './volumes.ts'
import { writeObject } from '../../../manifests/yaml/write.ts'

type Fields = Readonly<Record<string, unknown>>

type Source = {
  /** Path of the compose file, from the folder. */
  readonly file: string
  readonly folder: string
  readonly project: string
  readonly data: Fields
  /** What can be built, by the name of the service. */
  readonly builds: ReadonlyMap<string, FoundImage>
  /** What is known of it already that a person should read. */
  readonly notes?: readonly string[]
}

/** Turns a compose file into services of manifests of their own. Reads files beside it, writes nothing. */
export const convert = (source: Source): Converted => {
  const { file, folder, project, data, builds } = source
  const base = folderOf(file)
  const { path: dotenvPath, values, isWrong } = readDotenv(folder, base)
  const on = (values.get('COMPOSE_PROFILES') ?? '').split(',').map((name) => name.trim())
  const written = isRecord(data['services']) ? data['services'] : {}
  const shell = new Set<string>()
  const secrets = new Map<string, DraftSecret>()
  const claimed = new Set<string>()
  const notes = isWrong ? [`${asWritten(dotenvPath)} is no list of KEY=value lines, and was not read.`] : []
  const called = namesOf(Object.keys(written))
  const ending = waitedForEnd(written)
  const environmentSecret = `${project}-env`
  const off: { readonly key: string; readonly profile: string }[] = []
  const taken: {
    key: string
    service: Fields
    raw: Fields
    build: FoundImage | undefined
    image: string
    built: string | undefined
  }[] = []

  for (const [key, raw] of Object.entries(written)) {
    if (!isRecord(raw)) continue
    const filled = filledIn(raw, (name) => values.get(name))
    const service = isRecord(filled) ? filled : {}
    const build = builds.get(key)
    const image = textAt(service, 'image') ?? (build ? `${project}-${called.get(key)}` : undefined)
    const profiles = Array.isArray(service['profiles']) ? service['profiles'].map(String) : []
    if (profiles.length > 0 && !profiles.some((profile) => on.includes(profile) || on.includes('*'))) {
      off.push({ key, profile: profiles.join(', ') })
      continue
    }
    const why =
      service['build'] !== undefined && build === undefined
        ? 'what it is built from is not here'
        : image !== undefined && image !== ''
          ? undefined
          : service['extends'] !== undefined
            ? 'it extends another, which is not here'
            : image === ''
              ? `nothing sets the variables of its image, ${textAt(raw, 'image')}`
              : 'it has neither an image nor a build'
    if (why !== undefined || image === undefined) notes.push(`${key} of ${asWritten(file)} is left out: ${why}.`)
    else taken.push({ key, service, raw, build, image, built: build && imageKey(draftImage(build, undefined)) })
  }
  notes.push(
    ...[...Map.groupBy(off, ({ profile }) => profile)].map(([profile, some]) => {
      const [are, belong] = some.length === 1 ? ['is', 'it belongs'] : ['are', 'they belong']
      return `${listed(some.map(({ key }) => key))} of ${asWritten(file)} ${are} left out: ${belong} to the profile ${profile}, which is not on.${taken.length > 0 ? '' : ` COMPOSE_PROFILES=${profile.split(',')[0]} in ${asWritten(dotenvPath)} turns it on.`}`
    }),
  )
  const isTaken = (key: string): boolean => taken.some((one) => one.key === key)
  const place = placeFor(
    folder,
    taken.map(({ key }) => called.get(key) ?? key),
  )

  const made = inOrderOfNeeds(taken).map(({ key, service, raw, build, built, ...own }, position, ordered) => {
    const name = called.get(key) ?? key
    // What is built from the same is built once, and all run it by the name that it has in the first of them.
    const first = built === undefined ? undefined : taken.find((one) => one.built === built)
    const image = first?.image ?? own.image
    const left = new Set(leftOut(service))
    const needs = dependenciesOf(service).filter(isTaken)
    // Compose refuses a circle, and so does `plan`.
    const circular = needs.filter((one) => !ordered.slice(0, position).some((earlier) => earlier.key === one))
    for (const one of circular) left.add(`that it starts after ${one}: these need each other`)
    const ports = listening(portsOf(service), build, image, folder)
    for (const port of unknownPorts(service)) left.add(`the port ${port}`)
    const env = environmentOf(
      raw['environment'],
      { secret: environmentSecret, dotenv: new Set(values.keys()) },
      (variable) => void shell.add(variable),
    )
    const envFrom = envFilesOf(service['env_file'], base).flatMap(({ path, required }) => {
      const troubles = readEnv(join(folder, path))?.troubles
      if (troubles === undefined || troubles.some(({ severity }) => severity === 'error')) {
        if (required)
          left.add(
            `env_file ${asWritten(path)}, which ${troubles === undefined ? 'is not here' : 'is no list of KEY=value lines'}`,
          )
        return []
      }
      const secret = path === dotenvPath ? environmentSecret : (toLabel(path.replace(/^\.\//, '')) ?? `${name}-env`)
      secrets.set(secret, { name: secret, envFile: asWritten(path) })
      return [secret]
    })
    const mounts = [
      ...mountsOf(service, { name, folder, base, context: build?.context, leave: (what) => void left.add(what) }),
      ...filesOf(service, { name, data, base, folder, leave: (what) => void left.add(what) }),
    ]
    for (const { volume } of mounts)
      if (volume.source.kind === 'secret') {
        const before = secrets.get(volume.source.name)?.files ?? {}
        secrets.set(volume.source.name, { name: volume.source.name, files: { ...before, ...volume.source.files } })
      }
    const aliases = aliasesOf(key, service, name, new Set(called.values()))
    const objects = objectsOf(service, {
      name,
      container: containerOf(service, { name, image, env, envFrom, ports, mounts }),
      ports,
      mounts,
      aliases,
      ends: ending.has(key),
      claimed,
    })
    for (const { volume } of mounts) if (volume.source.kind === 'claim') claimed.add(volume.source.name)
    if (name !== key) notes.push(`${key} is called ${name} in the cluster: what names its host has to say so.`)
    const path = `${place}/${name}.yaml`
    const draft: DraftService = {
      name,
      from: asWritten(file),
      ...(build === undefined || first?.key !== key ? {} : { image: draftImage(build, repositoryOf(image) ?? image) }),
      deploy: { kind: 'manifests', paths: [asWritten(path)], skip: [] },
      environments: [],
      needs: needs.filter((one) => !circular.includes(one)).map((one) => called.get(one) ?? one),
      hostPorts: ports.flatMap(({ target, protocol, published }) => {
        if (published === undefined) return []
        if (protocol === 'TCP') return [{ service: name, port: target, hostPort: published }]
        left.add(`the published port ${published}/udp`)
        return []
      }),
    }
    return { draft, file: { path, text: manifestText(objects, asWritten(file), [...left]) } }
  })

  const usesDotenv = made.some(({ file: { text } }) => text.includes(`name: ${environmentSecret}\n`))
  if (usesDotenv || secrets.has(environmentSecret))
    secrets.set(environmentSecret, {
      name: environmentSecret,
      ...(values.size > 0 ? { envFile: asWritten(dotenvPath) } : {}),
      ...(shell.size > 0 ? { shell: [...shell] } : {}),
    })
  const order = new Map(Object.keys(written).map((key, index) => [called.get(key), index]))
  return {
    services: made.map(({ draft }) => draft).toSorted((a, b) => (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0)),
    files: made.map(({ file: one }) => one),
    secrets: [...secrets.values()],
    notes: [...notes, ...(source.notes ?? [])],
  }
}

/** The ports that others reach: those of the file, those of its Dockerfile, those that everybody knows. */
const listening = (
  ports: readonly Port[],
  build: FoundImage | undefined,
  image: string,
  folder: string,
): readonly Port[] => {
  if (ports.length > 0) return ports
  if (build === undefined) return knownPorts(repositoryOf(image) ?? '')
  const dockerfile = readText(join(folder, build.file ?? fromFolder(build.context, 'Dockerfile'))) ?? ''
  const exposed = [...dockerfile.matchAll(/^\s*EXPOSE\s+(.+)$/gim)].flatMap(([, words = '']) =>
    words.trim().split(/\s+/),
  )
  return portsOf({ expose: exposed })
}

const envFilesOf = (written: unknown, base: string): readonly { readonly path: string; readonly required: boolean }[] =>
  [written ?? []].flat().flatMap((one: unknown) => {
    const path = typeof one === 'string' ? one : textAt(one, 'path')
    if (path === undefined) return []
    return [{ path: fromFolder(base, path), required: !isRecord(one) || one['required'] !== false }]
  })

/** A folder in which none of the files is there. */
const placeFor = (folder: string, names: readonly string[]): string => {
  const isFree = (place: string): boolean => !names.some((name) => existsSync(join(folder, place, `${name}.yaml`)))
  return ['k8s', 'deploy', 'kindup'].find(isFree) ?? freeName('kindup', new Set(['kindup']))
}

/** Objects as the text of a manifest, with what it lacks at its top. */
const manifestText = (
  objects: readonly Readonly<Record<string, unknown>>[],
  from: string,
  left: readonly string[],
): string => {
  const head = [
    `# Made by \`kindup init\` from ${from}; yours to change.`,
    ...(left.length === 0 ? [] : ['# Not taken over:', ...left.map((what) => `# - ${what.replaceAll(/\s+/g, ' ')}`)]),
  ]
  return `${head.join('\n')}\n${objects.map(writeObject).join('---\n')}`
}
