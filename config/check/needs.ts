import { idOf, readId } from '../../core/identity.ts'
import { nearest } from '../../core/suggest.ts'
import { builtinAddons } from '../builtin-addons.ts'
import type { ServiceConfig } from '../config.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { Checked } from './known.ts'
import { formsOf, serviceId } from './known.ts'

/** Needs that name nothing. Circles are found when the plan is made. */
export const checkNeeds = (checked: Checked): void => {
  const { config, names } = checked
  const ids = [
    'cluster/api',
    'cluster/nodes',
    'hosts',
    ...(config.crds.length > 0 ? ['crds'] : []),
    ...(config.cluster.registry === undefined ? [] : ['registry']),
    ...config.cluster.mirrors.map(({ upstream }) => idOf({ kind: 'mirror', name: upstream })),
    ...names.addons.map((name) => idOf({ kind: 'addon', name })),
    ...names.images.map((name) => idOf({ kind: 'image', name })),
    ...names.secrets.map((name) => idOf({ kind: 'secret', name })),
    ...config.services.flatMap((service) => formsOf(service, config).map((form) => serviceId(service, form))),
  ]
  for (const service of config.services) {
    for (const [index, need] of service.needs.entries())
      checkNeed(need, ['services', service.name, 'needs', index], ids, checked, service)
  }
  for (const addon of config.addons) {
    for (const [index, need] of addon.needs.entries())
      checkNeed(need, ['addons', addon.name, 'needs', index], ids, checked)
  }
}

const checkNeed = (
  need: string,
  path: Path,
  ids: readonly string[],
  { config, findings, names }: Checked,
  service?: ServiceConfig,
): void => {
  const complain = (message: string, hint: string | undefined): void =>
    findings.error({ path, message: `${showPath(path)}: ${message}`, hint })
  if (ids.includes(need)) {
    if (service !== undefined && formsOf(service, config).some((form) => serviceId(service, form) === need))
      complain('a service cannot need itself.', undefined)
    return
  }
  const named = readId(need)
  const broken = named.kind === 'service' && named.name !== undefined ? named.name : need
  // A service whose own section is broken is there all the same.
  if (names.services.includes(broken) && !config.services.some(({ name }) => name === broken)) return

  const other = config.services.find(({ name }) => name === need)
  if (service === undefined || other === undefined) {
    const candidates = service === undefined ? ids : [...names.services, ...ids]
    const kinds = ['addon', 'image', ...(service === undefined ? ['service'] : [])]
    const known = kinds.map((kind) => idOf({ kind, name: need })).find((id) => ids.includes(id))
    const near =
      known ??
      nearest(need, candidates) ??
      candidates.find((id) => {
        const { environment, ...inEach } = readId(id)
        return environment !== undefined && (idOf(inEach) === need || (service === undefined && inEach.name === need))
      })
    const off = named.kind === 'addon' ? named.name : undefined
    if (off !== undefined && Object.hasOwn(builtinAddons, off)) {
      complain(`the add-on ${off} is off.`, `Turn it on: addons: { ${off}: true }`)
      return
    }
    complain(
      `there is no ${need.includes('/') ? 'step' : 'service or step'} ${JSON.stringify(need)}.`,
      near === undefined ? `There are: ${candidates.join(', ')}` : `Did you mean ${near}?`,
    )
  } else if (other.name === service.name) {
    complain('a service cannot need itself.', undefined)
  } else if (other.environments.length > 0) {
    const missing = service.environments.filter((environment) => !other.environments.includes(environment))
    if (service.environments.length === 0) {
      complain(
        `${need} is deployed to environments, and ${service.name} belongs to none.`,
        `Say which: ${idOf({ kind: 'service', name: need, environment: other.environments[0] ?? '' })}`,
      )
    } else if (missing.length > 0) {
      complain(
        `${need} is not deployed to ${missing.join(', ')}, where ${service.name} is.`,
        `Add it to services.${need}.environments`,
      )
    }
  }
}
