import { textAt } from '../../core/fields.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { inventorySecret } from '../inventory/entry-secret.ts'
import { inventoryNamespace, ourLabels } from '../inventory/namespace.ts'
import type { Kube, KubeObject } from '../kube/kube.ts'
import { passingName } from './manifest.ts'

/** A Secret that is there while a snapshot is put back: a run that was killed leaves it. */
export const interruption = inventorySecret('restoring')

export const interruptionMark = (snapshot: string): KubeObject => ({
  apiVersion: interruption.apiVersion,
  kind: interruption.kind,
  metadata: { name: interruption.name, namespace: inventoryNamespace, labels: ourLabels },
  type: 'kindup.dev/restoring',
  data: { snapshot: Buffer.from(snapshot).toString('base64') },
})

/** Throws `restore-interrupted`: nothing is built on half of one state. */
export const refuseInterrupted = async (kube: Kube, cluster: string): Promise<void> => {
  const text = textAt(await kube.get(interruption), 'data', 'snapshot')
  if (text === undefined) return
  const name = Buffer.from(text, 'base64').toString()
  if (name === passingName)
    throw new EnvironmentError(
      'restore-interrupted',
      `Starting ${cluster} from a snapshot file was interrupted, and only a part of it is there.`,
      { hints: ['kindup up --snapshot FILE   # ends it', `kindup down --name ${cluster}`] },
    )
  throw new EnvironmentError(
    'restore-interrupted',
    `Restoring the snapshot ${name} of ${cluster} was interrupted, and only a part of it is there.`,
    {
      hints: [`kindup snapshot restore ${name} --name ${cluster}   # ends it`],
    },
  )
}
