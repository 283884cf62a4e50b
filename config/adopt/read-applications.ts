import { existsSync } from 'node:fs'
import { textAt } from '../../core/fields.ts'
import { isPattern, matching } from '../../core/glob.ts'
import type { Adopted, AdoptFinding, MadeApplication } from '../adopted.ts'
import { applicationsOfSet } from './application-set.ts'
import type { OwnRepository } from './own-repository.ts'
import { asksForNamespace, readApplication } from './read-application.ts'
import { readWritten, type WrittenObject } from './written-object.ts'

type Read = {
  readonly adopted: readonly Adopted[]
  readonly findings: readonly AdoptFinding[]
  /** The files that were read. */
  readonly files: readonly string[]
}

type Reading = {
  /** Undefined where all stay as they are. */
  readonly repository: OwnRepository | undefined
  readonly here: OwnRepository
  readonly found: (finding: AdoptFinding) => void
  /** Files that were read already: Applications may lead to each other in a circle. */
  readonly seen: Set<string>
}

/**
 * The Applications and ApplicationSets of a file, or of all that a glob matches; an absolute path. Those in a folder that
 * one of them deploys (an app of apps) are among them. With `remote` all stay as they are.
 */
export const readApplications = async (
  path: string,
  here: OwnRepository,
  { remote = false }: { readonly remote?: boolean } = {},
): Promise<Read> => {
  const findings: AdoptFinding[] = []
  const found = (finding: AdoptFinding): void => void findings.push(finding)
  const files = isPattern(path) ? await matching(path) : existsSync(path) ? [path] : []
  const seen = new Set<string>()
  const reading = { repository: remote ? undefined : here, here, found, seen }
  return {
    adopted: files.flatMap((file) => readFile(file, reading)),
    findings,
    files: [...new Set([...files, ...seen])],
  }
}

/** The same of one file that is there. */
export const readApplicationFile = (file: string, here: OwnRepository): Omit<Read, 'files'> => {
  const findings: AdoptFinding[] = []
  const found = (finding: AdoptFinding): void => void findings.push(finding)
  return { adopted: readFile(file, { repository: here, here, found, seen: new Set() }), findings }
}

const readFile = (file: string, reading: Reading): readonly Adopted[] => {
  const { found, seen } = reading
  if (seen.has(file)) return []
  seen.add(file)
  const { objects, broken } = readWritten(file)
  if (broken) found({ severity: 'error', ...broken })
  const wanted = objects.filter(isOfArgo)
  const [other] = objects
  if (other && wanted.length === 0)
    found({
      severity: 'warning',
      message: `There is no Application in it: ${other.kind} ${other.name} is left out.`,
      at: other.at(),
    })
  return wanted.flatMap((one) => (one.kind === 'Application' ? ofOne(one, reading) : ofSet(one, file, reading)))
}

const isOfArgo = ({ kind, value }: WrittenObject): boolean =>
  (kind === 'Application' || kind === 'ApplicationSet') && String(value['apiVersion']).startsWith('argoproj.io/')

const ofSet = (set: WrittenObject, file: string, reading: Reading): readonly Adopted[] => {
  if (!reading.repository) return [leftAsItIs(asItIs(set, file), (here) => ofSet(set, file, here), reading)]
  const made = (applicationsOfSet(set, reading.here, reading.found) ?? []).flatMap((each) => ofOne(each, reading))
  const [first] = made
  if (!first || made.some(({ application }) => application !== undefined)) return made
  // What lies elsewhere altogether the controller makes by itself.
  return [asItIs(set, file)]
}

/** With what it makes in the cluster: what would be carried out here of the same files. */
const leftAsItIs = (
  left: Adopted,
  carriedOut: (reading: Reading) => readonly Adopted[],
  { here }: Pick<Reading, 'here'>,
): Adopted => {
  const all = carriedOut({ repository: here, here, found: () => undefined, seen: new Set() })
  const isSelf = (name: string): boolean =>
    name === left.name && left.source.kind === 'manifests' && left.source.only?.kind === 'Application'
  const makes = all.flatMap(({ name, namespace, application }): readonly MadeApplication[] =>
    application && !isSelf(name)
      ? [{ name, namespace, ...(application.namespace === undefined ? {} : { home: application.namespace }) }]
      : [],
  )
  const creates = all.flatMap(({ namespace, application }) =>
    application && asksForNamespace(application.spec) ? [namespace] : [],
  )
  return makes.length === 0 ? left : { ...left, makes, creates: [...new Set([...(left.creates ?? []), ...creates])] }
}

/** Its controller makes the Applications, of whatever its generators find. */
const asItIs = ({ kind, name, value, at }: WrittenObject, file: string): Adopted => {
  const namespace = textAt(value, 'spec', 'template', 'spec', 'destination', 'namespace') ?? 'default'
  return {
    name,
    namespace: namespace.includes('{{') ? 'default' : namespace,
    at: at(['metadata', 'name']),
    source: { kind: 'manifests', paths: [file], only: { kind, name } },
  }
}

/** An Application, or what an app of apps leads to: its Applications are carried out as those that were named. */
const ofOne = (written: WrittenObject, reading: Reading): readonly Adopted[] => {
  const one = readApplication(written, reading.repository, reading.found)
  if (!one) return []
  const { source } = one
  if (!reading.repository) return [leftAsItIs(one, (here) => ofOne(written, here), reading)]
  if (source.kind !== 'manifests' || source.only) return [one]
  const nested = source.paths.filter((path) => readWritten(path).objects.some(isOfArgo))
  if (nested.length === 0) return [one]
  for (const path of nested) {
    const rest = readWritten(path).objects.find((object) => !isOfArgo(object))
    if (rest)
      reading.found({
        severity: 'error',
        message: `Application ${one.name} deploys this file, and ${rest.kind} ${rest.name} stands among Applications in it.`,
        at: rest.at(),
        hint: 'Give it a file of its own.',
      })
  }
  const paths = source.paths.filter((path) => !nested.includes(path))
  const below = nested.flatMap((path) => readFile(path, reading))
  return paths.length === 0 ? below : [{ ...one, source: { ...source, paths } }, ...below]
}
