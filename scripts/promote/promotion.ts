import { relative } from 'node:path'
import type { Config, ServiceConfig } from '../../config/config.ts'
import { ConfigError } from '../../core/errors.ts'
import { showPlace } from '../../core/problem.ts'
import { editFile, type Change, type Want } from './edit-file.ts'
import { environmentFiles, type EnvironmentFiles } from './environment-files.ts'
import type { Between, Found } from './found.ts'
import { showLeafPath } from './leaves.ts'
import { makePinFiles, sopsPlace } from './read-files.ts'
import { wantsOfDocuments } from './wants-of-documents.ts'
import { wantsOfImages } from './wants-of-images.ts'
import { wantsOfValues } from './wants-of-values.ts'
import { segmentsOf } from '../image-edit/dotted-path.ts'
import { placeAt } from '../image-edit/yaml-text.ts'
import { kindOfPath } from './pins.ts'

/** What a promotion makes of a file. */
export type Promoted = {
  readonly file: string
  readonly before: string
  readonly after: string
  readonly changes: readonly Change[]
}

export type Promotion = { readonly files: readonly Promoted[]; readonly notes: readonly string[] }

/** What makes the files of one environment run the versions of another. Throws ConfigError with every reason why not. */
export const promotionOf = async (
  config: Config,
  {
    services,
    from,
    to,
    cwd,
  }: { readonly services: readonly ServiceConfig[]; readonly from: string; readonly to: string; readonly cwd: string },
): Promise<Promotion> => {
  const read = makePinFiles()
  const show = (file: string): string => relative(cwd, file) || '.'
  const found = await Promise.all(
    services.map((service) => foundFor(config, service, { service: service.name, from, to, read, show })),
  )
  const problems = found.flatMap((one) => [...one.problems])
  const byFile = Map.groupBy(
    found.flatMap(({ wants }) => wants),
    ({ file }) => file,
  )
  const notes = found.flatMap((one) => one.notes)
  const files: Promoted[] = []
  for (const [file, wants] of byFile) {
    const { yaml } = await read(file)
    const encrypted = sopsPlace({ yaml })
    if (encrypted) {
      problems.push({
        severity: 'error',
        message: 'SOPS has encrypted this file: what is changed in it by hand it takes for forged.',
        at: encrypted,
        hint: `sops ${show(file)}   # and set ${wants.map(wordsOf).join(', ')}`,
      })
      continue
    }
    try {
      const { text: after, changes, missing } = editFile(yaml.text, file, wants)
      notes.push(
        ...missing.map(
          (want) =>
            `${want.service}: ${show(file)} has no ${nameOf(want)}, and ${showPlace({ ...want.from, file: show(want.from.file) })} has.`,
        ),
      )
      if (after !== yaml.text) files.push({ file, before: yaml.text, after, changes })
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error
      problems.push(
        ...(error.problems.length > 0
          ? error.problems
          : [{ severity: 'error' as const, message: error.message, at: { file } }]),
      )
    }
  }
  if (problems.length > 0)
    throw new ConfigError(`${from} cannot be promoted to ${to}: nothing was changed.`, { code: 'promote', problems })
  return { files: files.toSorted((a, b) => (a.file < b.file ? -1 : 1)), notes: [...new Set(notes)] }
}

const filesOf = (parts: readonly EnvironmentFiles[]): readonly string[] => parts.flatMap(({ files }) => files)

const foundFor = async (config: Config, service: ServiceConfig, between: Between): Promise<Found> => {
  const [sources = [], targets = []] = await Promise.all(
    [between.from, between.to].map((environment) => environmentFiles(config, service, environment)),
  )
  const none: Found = { wants: [], notes: [], problems: [] }
  const vars = await varWants(config, service, between)
  const theirs = filesOf(targets)
  const isShared = filesOf(sources).every((file, index) => file === theirs[index])
  const all: readonly Found[] = isShared
    ? [vars.wants.length > 0 ? none : { ...none, notes: [sharedNote(filesOf(sources), between)] }]
    : (await Promise.all(sources.map((source, index) => foundIn(source, targets[index], between)))).flat()
  return {
    wants: [vars, ...all].flatMap(({ wants }) => wants),
    notes: [vars, ...all].flatMap(({ notes }) => notes),
    problems: [vars, ...all].flatMap(({ problems }) => problems),
  }
}

const foundIn = async (
  source: EnvironmentFiles,
  target: EnvironmentFiles | undefined,
  between: Between,
): Promise<readonly Found[]> => {
  if (source.kind !== target?.kind) return []
  if (source.kind === 'values') return [await wantsOfValues(source.files, target.files, between)]
  return Promise.all([
    ...(source.kind === 'kustomize' && target.kind === 'kustomize' ? [wantsOfImages(source, target, between)] : []),
    wantsOfDocuments(source.files, target.files, between),
  ])
}

const sharedNote = (files: readonly string[], { service, from, to, show }: Between): string =>
  files.length === 0
    ? `${service} is deployed from no file of ${from} or ${to}.`
    : `${service} has the same files in ${from} and ${to} (${files.map(show).join(', ')}): there is nothing to copy.`

const nameOf = (want: Want): string => ('path' in want ? showLeafPath(want.path) : want.image.name)
const wordsOf = (want: Want): string =>
  `${nameOf(want)}=${'path' in want ? want.text : (want.image.text ?? want.image.digest ?? '')}`

/** Variables of the environments that `set` makes image tags and digests of: `set: { image.tag: "{webTag}" }`. */
const varWants = async (
  config: Config,
  { name: service, deploy }: ServiceConfig,
  { from, to, read, show }: Between,
): Promise<Found> => {
  const notes: string[] = []
  if (deploy.kind !== 'helm') return { wants: [], notes, problems: [] }
  const varsOf = (environment: string) => config.environments.find(({ name }) => name === environment)?.vars ?? {}
  const [ours, theirs] = [varsOf(from), varsOf(to)]
  const names = Object.entries(deploy.set).flatMap(([path, value]) =>
    typeof value === 'string' && kindOfPath(segmentsOf(path)) !== undefined
      ? Object.keys(ours).filter((name) => value.includes(`{${name}}`))
      : [],
  )
  const wants: (Want & { readonly file: string })[] = []
  for (const name of new Set(names)) {
    const text = ours[name]
    if (text === undefined || theirs[name] === undefined || theirs[name] === text) continue
    const [source, target] = [from, to].map((environment) => config.at(['environments', environment, 'vars', name]))
    if (!source || !target) continue
    const path = ['environments', to, 'vars', name]
    const { documents, yaml } = await read(target.file)
    const leaf = documents[0]?.leaves.find((one) => one.path.join('\n') === path.join('\n'))
    const isThere = leaf && placeAt(yaml, leaf.offset).line === target.line && leaf.value === theirs[name]
    if (isThere) wants.push({ file: target.file, service, from: source, document: 0, path, text, isReference: false })
    else
      notes.push(
        `${service}: {${name}} is ${text} in ${from}, and ${show(target.file)} does not say it as a plain value for ${to}: it is left as it is.`,
      )
  }
  return { wants, notes, problems: [] }
}
