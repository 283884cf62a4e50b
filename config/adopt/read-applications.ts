import { existsSync } from 'node:fs'
import { matching, isPattern } from '../../core/glob.ts'
import type { Adopted, AdoptFinding } from '../adopted.ts'
import { applicationsOfSet } from './application-set.ts'
import type { OwnRepository } from './own-repository.ts'
import { readApplication } from './read-application.ts'
import { readWritten } from './written-object.ts'

type Read = {
  readonly adopted: readonly Adopted[]
  readonly findings: readonly AdoptFinding[]
  /** The files that were read. */
  readonly files: readonly string[]
}

/** The Applications and ApplicationSets of a file, or of all that a glob matches; an absolute path. With `remote` all stay as they are. */
export const readApplications = async (
  path: string,
  repository: OwnRepository,
  { remote = false }: { readonly remote?: boolean } = {},
): Promise<Read> => {
  const findings: AdoptFinding[] = []
  const found = (finding: AdoptFinding): void => void findings.push(finding)
  const files = isPattern(path) ? await matching(path) : existsSync(path) ? [path] : []
  const adopted = files.flatMap((file) => {
    const { objects, broken } = readWritten(file)
    if (broken) found({ severity: 'error', ...broken })
    const wanted = objects.filter(({ kind }) => kind === 'Application' || kind === 'ApplicationSet')
    const [other] = objects
    if (other && wanted.length === 0)
      found({
        severity: 'warning',
        message: `There is no Application in it: ${other.kind} ${other.name} is left out.`,
        at: other.at(),
      })
    return wanted.flatMap((one) => {
      if (one.kind === 'Application') return readApplication(one, remote ? undefined : repository, found) ?? []
      const made = (applicationsOfSet(one, repository, found) ?? []).flatMap(
        (each) => readApplication(each, remote ? undefined : repository, found) ?? [],
      )
      const [first] = made
      // What lies elsewhere altogether the controller makes by itself.
      return first && made.every(({ application }) => application === undefined)
        ? [
            {
              ...first,
              name: one.name,
              source: { kind: 'manifests' as const, paths: [file], only: { kind: one.kind, name: one.name } },
            },
          ]
        : made
    })
  })
  return { adopted, findings, files }
}
