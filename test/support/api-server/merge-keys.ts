import { isMap } from './object.ts'
import type { Json } from './object.ts'

/** Lists whose items have a name of their own, by the field that holds the list. The first keys that all items have are taken. */
const keysByField: Readonly<Record<string, readonly (readonly string[])[]>> = {
  containers: [['name']],
  initContainers: [['name']],
  ephemeralContainers: [['name']],
  env: [['name']],
  volumes: [['name']],
  volumeMounts: [['mountPath']],
  ports: [['containerPort', 'protocol'], ['port', 'protocol'], ['containerPort'], ['port']],
  conditions: [['type']],
  imagePullSecrets: [['name']],
  ownerReferences: [['uid']],
  hostAliases: [['ip']],
  topologySpreadConstraints: [['topologyKey', 'whenUnsatisfiable']],
  webhooks: [['name']],
}

/** The keys that tell the items of a list apart; undefined for a list that is one value. Custom resources have no such lists here. */
export const mergeKeys = (field: string, items: readonly unknown[]): readonly string[] | undefined =>
  keysByField[field]?.find((keys) => items.every((item) => isMap(item) && keys.every((key) => key in item)))

/** `k:{"name":"web"}`, as a field tree names an item. */
export const itemSegment = (item: Json, keys: readonly string[]): string =>
  `k:${JSON.stringify(Object.fromEntries(keys.map((key) => [key, item[key]])))}`
