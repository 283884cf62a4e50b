import { builtinPlaceholders } from '../../core/placeholders.ts'
import { nameHint } from '../../core/suggest.ts'
import { showPath } from '../path.ts'
import type { Checked } from './known.ts'

// A node's container is also its host name, and those end at 63 letters.
const longestHostName = 63

/** Names that are well formed and still cannot be: too long for what is made of them, taken, or unknown. */
export const checkNames = ({ config, findings, names }: Checked): void => {
  const { nodes } = config.cluster
  const planes = nodes.filter(({ role }) => role === 'control-plane').length
  const suffix = planes > 1 ? '-external-load-balancer' : '-control-plane'
  if (config.name.length > longestHostName - suffix.length && findings.intact(['name'])) {
    findings.error({
      path: ['name'],
      message: `The name ${JSON.stringify(config.name)} has ${config.name.length} characters; with the names of the nodes made of it, ${longestHostName - suffix.length} are possible.`,
    })
  }
  for (const { name, namespace, vars } of config.environments) {
    if (namespace === 'kindup') reserved(['environments', name, 'namespace'], findings)
    for (const variable of Object.keys(vars)) {
      if ((builtinPlaceholders as readonly string[]).includes(variable)) {
        const path = ['environments', name, 'vars', variable]
        findings.error({
          path,
          key: true,
          message: `${showPath(path)}: {${variable}} is filled in by kindup.`,
          hint: 'Choose another name.',
        })
      }
    }
  }
  for (const service of config.services) {
    if (service.namespace === 'kindup') reserved(['services', service.name, 'namespace'], findings)
    for (const [index, environment] of service.environments.entries()) {
      if (names.environments.includes(environment)) continue
      findings.error({
        path: ['services', service.name, 'environments', index],
        message: `services.${service.name} names the environment ${JSON.stringify(environment)}, which the file does not have.`,
        hint: nameHint(environment, names.environments, `Add it: environments: { ${environment}: {} }`),
      })
    }
  }
}

const reserved = (path: readonly string[], findings: Checked['findings']): void =>
  findings.error({
    path,
    message: `${showPath(path)} is "kindup", the namespace of kindup's own records.`,
    hint: 'Choose another name.',
  })
