import { parseJson } from '../../core/whole-number.ts'
import { textAt, textListAt, valueAt } from '../../core/fields.ts'
import type { Kube, KubeObject } from '../kube/kube.ts'
import { inventorySecret } from './entry-secret.ts'
import { ourLabels, inventoryNamespace } from './namespace.ts'

/** What was given beside the file when the environment was brought up. */
export type Settings = {
  /** `--set path=value`; a value may be a password. */
  readonly set: readonly string[]
  /** `--image NAME=ref` */
  readonly image: readonly string[]
  /** `--profile NAME` */
  readonly profile: readonly string[]
  /** False: `--no-hosts`. */
  readonly hosts: boolean
}

export const noSettings: Settings = { set: [], image: [], profile: [], hosts: true }

const ref = inventorySecret('settings')

/** What the cluster remembers; as if nothing had been given where it remembers nothing, or nothing that can be read. */
export const readSettings = async (kube: Kube): Promise<Settings> => {
  const secret = await kube.get(ref)
  const text = textAt(secret, 'data', 'settings')
  if (text === undefined) return noSettings
  try {
    const value = parseJson(Buffer.from(text, 'base64').toString())
    return {
      set: textListAt(value, 'set'),
      image: textListAt(value, 'image'),
      profile: textListAt(value, 'profile'),
      hosts: valueAt(value, 'hosts') !== false,
    }
  } catch {
    return noSettings
  }
}

/** Remembers them in a Secret beside the record, whose namespace is there. Writes nothing where it is so already. */
export const writeSettings = async (kube: Kube, settings: Settings): Promise<void> => {
  const known = await readSettings(kube)
  if (JSON.stringify(known) === JSON.stringify(settings)) return
  if (!isGiven(settings)) return kube.delete(ref)
  await kube.apply(secretOf(settings))
}

/** Whether anything was given at all. */
export const isGiven = ({ set, image, profile, hosts }: Settings): boolean =>
  set.length + image.length + profile.length > 0 || !hosts

const secretOf = ({ set, image, profile, hosts }: Settings): KubeObject => ({
  apiVersion: ref.apiVersion,
  kind: ref.kind,
  metadata: { name: ref.name, namespace: inventoryNamespace, labels: ourLabels },
  type: 'kindup.dev/settings',
  data: { settings: Buffer.from(JSON.stringify({ set, image, profile, hosts })).toString('base64') },
})
