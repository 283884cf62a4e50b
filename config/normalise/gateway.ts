import { textAt } from '../../core/fields.ts'
import { builtinAddons } from '../builtin-addons.ts'
import type { AddonConfig } from '../config.ts'
import type { FileAddons } from '../schema/file.ts'
import type { Scope } from './scope.ts'

/** The controller that serves the Gateway API, where the file asks for that and says nothing of the controller itself. */
export const bringForGateway = (file: FileAddons | undefined, { findings }: Scope): readonly AddonConfig[] => {
  const { gateway, traefik } = file ?? {}
  if (gateway === undefined || gateway === false || traefik !== undefined) return []
  // Another one of that name, as Istio's.
  if (gateway !== true && textAt(gateway, 'chart') !== undefined) return []
  const other = Object.entries(file ?? {}).find(([name, section]) => builtinAddons[name]?.ingress && section !== false)
  if (other !== undefined) {
    findings.error({
      path: ['addons', 'gateway'],
      key: true,
      message: `addons.gateway is served by Traefik, and addons.${other[0]} wants the same ports 80 and 443 of a node.`,
      hint: `Keep one: \`${other[0]}: false\`, because Traefik serves its Ingresses too, or \`traefik: false\` where something else of yours serves the Gateway API.`,
    })
    return []
  }
  return [{ name: 'traefik', values: [], set: {}, needs: [], broughtBy: 'addons.gateway' }]
}
