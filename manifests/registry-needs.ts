import { registryAlias } from '../cluster/registry/names.ts'
import type { Config } from '../config/config.ts'
import type { Deployable } from './deployable.ts'
import type { Rendered } from './source/rendered.ts'

/**
 * The deployable, waiting for the local registry where anything in it names that: an image, a chart, a source of a
 * controller. What nobody could render yet may.
 */
export const withRegistryNeeds = (
  deployable: Deployable,
  rendered: Pick<Rendered, 'objects'> | undefined,
  { cluster: { registry } }: Pick<Config, 'cluster'>,
): Deployable => {
  if (!registry) return deployable
  const text = rendered?.objects && JSON.stringify(rendered.objects.map(({ object }) => object))
  const names = [
    `localhost:${registry.port}/`,
    `${registryAlias}:${registry.port}`,
    `${registryAlias}-${registry.port}`,
  ]
  if (text !== undefined && !names.some((name) => text.includes(name))) return deployable
  return { ...deployable, needs: [...new Set([...deployable.needs, 'registry'])] }
}
