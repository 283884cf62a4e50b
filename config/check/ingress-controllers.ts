import { builtinAddons } from '../builtin-addons.ts'
import type { AddonConfig } from '../config.ts'
import type { Checked } from './known.ts'

/** A host port leads to one program: two ingress controllers of the file would wait for each other's for ever. */
export const checkIngressControllers = ({ config, findings }: Checked): void => {
  // A cluster that is there may give each an address of its own.
  if (config.cluster.context !== undefined) return
  const [first, ...others] = config.addons.filter(
    (section) => builtinAddons[section.name]?.ingress === true && !mayListenElsewhere(section),
  )
  if (!first) return
  for (const { name } of others)
    findings.error({
      path: ['addons', name],
      key: true,
      message: `addons.${name} and addons.${first.name} both want ports 80 and 443 of a node: one of them can have them.`,
      hint: `Keep one. ${[name, first.name].includes('traefik') ? 'Traefik serves Ingresses of the classes traefik and nginx: `ingress-nginx: false`.' : `\`${name}: false\`.`}`,
    })
}

/** What its own values say may be anything. */
const mayListenElsewhere = ({ values, set }: AddonConfig): boolean =>
  values.length > 0 || Object.keys(set).some((path) => /hostPort/i.test(path))
