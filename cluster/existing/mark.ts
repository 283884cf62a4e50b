import { hostname } from 'node:os'
import { EnvironmentError } from '../../core/errors.ts'
import { textAt } from '../../core/fields.ts'
import { inventoryNamespace, ourLabels } from '../inventory/namespace.ts'
import type { Kube, KubeObject } from '../kube/kube.ts'
import { userHere } from '../user-here.ts'

/** What says that an existing cluster is used by a file: annotations of the namespace of the inventory. */
export type ExistingMark = {
  readonly name: string
  /** Absolute path of the file, on the machine that made it. */
  readonly config: string
  readonly owner: string
  /** Absolute path; undefined where no names are written. */
  readonly hostsFile?: string
}

const prefix = 'kindup.dev/'
const ref = { apiVersion: 'v1', kind: 'Namespace', name: inventoryNamespace } as const

/** The mark of the file that uses the cluster; undefined where none does. Throws `not-ours` where the namespace is somebody else's. */
export const readExistingMark = async (kube: Kube, context: string): Promise<ExistingMark | undefined> => {
  const found = await kube.get(ref)
  if (!found) return undefined
  const note = (key: string): string | undefined => textAt(found, 'metadata', 'annotations', `${prefix}${key}`)
  const name = note('name')
  if (name === undefined) throw notOurs(found, context)
  const hostsFile = note('hosts')
  return {
    name,
    config: note('config') ?? '',
    owner: note('owner') ?? '',
    ...(hostsFile === undefined ? {} : { hostsFile }),
  }
}

const notOurs = (found: KubeObject, context: string): EnvironmentError =>
  found.metadata.labels?.['app.kubernetes.io/managed-by'] === 'kindup'
    ? new EnvironmentError(
        'name-taken',
        `The cluster of ${context} is one that kindup made: it belongs to the file of that cluster.`,
        {
          hints: ['`kindup list` names the file. Make the change there, or take cluster.context away.'],
        },
      )
    : new EnvironmentError(
        'not-ours',
        `The cluster of ${context} has a namespace ${inventoryNamespace} that kindup did not make.`,
        {
          hints: ['kindup remembers there what it made, and touches nothing of others.'],
        },
      )

/** Why this file may not use the cluster: another one does. The inventory has room for one. */
export const markTaken = (
  { name, file }: { readonly name: string; readonly file: string },
  context: string,
  mark: ExistingMark | undefined,
): EnvironmentError | undefined =>
  mark === undefined || (mark.name === name && mark.config === file)
    ? undefined
    : new EnvironmentError(
        'name-taken',
        `The cluster of ${context} is used by ${mark.name} of ${mark.config} (${mark.owner}), and kindup keeps one file's things there at a time.`,
        { hints: [`Take those away first: kindup down --name ${mark.name}`, 'Or use another cluster.'] },
      )

/** Takes the cluster for a file, before anything is made in it; a mark of the same file stays. Throws `name-taken`, `not-ours`. */
export const takeExistingMark = async (
  kube: Kube,
  context: string,
  { name, config, hostsFile }: Omit<ExistingMark, 'owner'>,
): Promise<void> => {
  const found = await readExistingMark(kube, context)
  const taken = markTaken({ name, file: config }, context, found)
  if (taken) throw taken
  if (found) return
  const notes = {
    name,
    config,
    owner: `${userHere()}@${hostname()}`,
    'made-at': new Date().toISOString(),
    ...(hostsFile === undefined ? {} : { hosts: hostsFile }),
  }
  await kube.create({
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    metadata: {
      name: ref.name,
      labels: ourLabels,
      annotations: Object.fromEntries(Object.entries(notes).map(([key, value]) => [`${prefix}${key}`, value])),
    },
  })
}
