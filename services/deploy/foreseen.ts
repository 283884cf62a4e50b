import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { refOf, showRef } from '../../cluster/kube/ref.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Place, Problem } from '../../core/problem.ts'
import { asSentence } from '../../core/wait.ts'
import { cannotChange, changesAmong } from './immutable.ts'
import { ownFaults, type Fault } from './own-faults.ts'
import { tryBesideIt, tryObjects, type Tried } from './try-objects.ts'

export type Asked = {
  readonly objects: readonly KubeObject[]
  readonly namespace: string
  /** Whether helm brings them: it applies under a name of its own, and helm 3 not on the server. */
  readonly byHelm: boolean
  /** Objects of kinds whose definition may change before they are applied. */
  isAwaited(object: KubeObject): boolean
  /** What `plan` has said already: it is not said again at the same line. */
  readonly said?: readonly Problem[]
  /** Where what stands at a path of an object was written. */
  placeOf(object: KubeObject, path: Fault['path']): Promise<Place | undefined>
}

/** What the objects' change means beyond itself, and whether the API would take them; asked without changing anything. */
export const foreseen = async (
  kube: Kube,
  asked: Asked,
): Promise<{ readonly what: readonly string[]; readonly refusal?: EnvironmentError }> => {
  const { failed } = await tryObjects(kube, asked.objects, asked.namespace)
  const changes = await changesAmong(kube, failed)
  const [kept] = changes.flatMap(({ change, error }) => (change.replace ? [] : [cannotChange(change, error)]))
  const refusal = kept ?? refusalOf(await faultsAmong(kube, failed, asked))
  return {
    what: changes.map(({ change: { ref, reason, replace } }) =>
      replace ? `${showRef(ref)} is replaced (${reason})` : `${showRef(ref)} cannot be changed in place (${reason})`,
    ),
    ...(refusal ? { refusal } : {}),
  }
}

/**
 * Has the API try objects before the first of them is written. Throws EnvironmentError (`api-refused`) with all that it
 * would refuse whatever comes, each at its line. Answers those that it could not be asked about, their namespace not being there yet.
 */
export const askFirst = async (kube: Kube, asked: Asked): Promise<readonly KubeObject[]> => {
  const { failed, homeless } = await tryObjects(kube, asked.objects, asked.namespace)
  const refusal = refusalOf(await faultsAmong(kube, failed, asked))
  if (refusal) throw refusal
  return homeless
}

const faultsAmong = async (kube: Kube, failed: readonly Tried[], asked: Asked): Promise<readonly Problem[]> => {
  const found = await Promise.all(
    failed.map(async ({ object, placed, error }) => {
      const faults = asked.isAwaited(object) ? [] : await heldFaults(kube, placed, ownFaults(error, object), asked)
      return Promise.all(
        faults.map(async ({ path, message }): Promise<Problem> => {
          const at = await asked.placeOf(object, path)
          return {
            severity: 'error',
            message: asSentence(`${showRef(refOf(placed))}: ${message}`),
            ...(at ? { at } : {}),
          }
        }),
      )
    }),
  )
  const lines = new Set(
    (asked.said ?? []).flatMap(({ severity, at }) => (severity === 'error' && at ? [lineAt(at)] : [])),
  )
  return found.flat().filter(({ at }) => !at || !lines.has(lineAt(at)))
}

/** helm 3 does not apply on the server, which alone refuses these; `plan` has said them where helm 4 will. */
const onServer = /field not declared in schema|duplicate entries/

/** Of what helm brings, those that a new object would have as well: what this trial leaves in a live one of helm's fields, helm takes out. */
const heldFaults = async (
  kube: Kube,
  placed: KubeObject,
  faults: readonly Fault[],
  { byHelm }: Asked,
): Promise<readonly Fault[]> => {
  const open = byHelm ? faults.filter(({ message }) => !onServer.test(message)) : faults
  if (!byHelm || open.length === 0 || !(await kube.get(refOf(placed)))) return open
  const alone = new Set(ownFaults(await tryBesideIt(kube, placed), placed).map(({ message }) => message))
  return open.filter(({ message }) => alone.has(message))
}

const lineAt = ({ file, line }: Place): string => `${file}:${line}`

const refusalOf = (problems: readonly Problem[]): EnvironmentError | undefined =>
  problems.length === 0
    ? undefined
    : new EnvironmentError('api-refused', 'The API refuses what stands there, so nothing of it is written.', {
        problems,
      })
