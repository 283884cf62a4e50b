import { builtinPlaceholders, fillPlaceholders, placeholdersIn } from '../../core/placeholders.ts'
import { nearest } from '../../core/suggest.ts'
import type { ServiceConfig } from '../config.ts'
import { hostTrouble } from '../parse/label.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { Checked, Filled } from './known.ts'
import { formsOf, serviceId, isOpen } from './known.ts'

/** What the placeholders make of releases and host names: two services with one release, names that cannot be. */
export const checkFilled = (checked: Checked): void => {
  const { config } = checked
  const releases = new Map<string, string>()
  for (const service of config.services) {
    const wrong = new Set<string>()
    for (const form of formsOf(service, config)) {
      checkHosts(service, form, wrong, checked)
      if (service.deploy.kind === 'helm') checkRelease(service, service.deploy.release, form, releases, wrong, checked)
    }
  }
  for (const { name, host } of config.addons) {
    if (host !== undefined) checkHost(host, ['addons', name, 'host'], '', checked)
  }
  for (const [index, host] of config.hosts.extra.entries()) checkHost(host, ['hosts', 'extra', index], '', checked)
}

/** `wrong` holds what was said of the service before: the same is not said for each environment. */
const checkRelease = (
  service: ServiceConfig,
  written: string,
  form: Filled,
  releases: Map<string, string>,
  wrong: Set<string>,
  checked: Checked,
): void => {
  const { findings } = checked
  const release = fillPlaceholders(written, form.values)
  if (isOpen(release)) return
  const path = ['services', service.name, 'deploy', 'helm', 'release']
  if (isUnfilled(release, written, path, { service, form, wrong, checked })) return
  const id = serviceId(service, form)
  if ((release.length > 53 || !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(release)) && !wrong.has(release)) {
    wrong.add(release)
    findings.error({
      path,
      message: `${showPath(path)} becomes ${JSON.stringify(release)} for ${id}: helm wants lower-case letters, digits and dashes, 53 at most.`,
    })
  }
  const place = `${form.namespace}/${release}`
  const other = releases.get(place)
  if (other !== undefined) {
    findings.error({
      path,
      message: `${id} and ${other} are both the release ${release} in namespace ${form.namespace}.`,
      hint: 'Give one of them a release: or a namespace of its own.',
    })
  }
  releases.set(place, id)
}

const checkHosts = (service: ServiceConfig, form: Filled, wrong: Set<string>, checked: Checked): void => {
  const base: Path = ['services', service.name]
  const written = [
    ...service.hosts.map((host, index) => ({ host, path: [...base, 'hosts', index] })),
    ...service.expose.map(({ host }, index) => ({ host, path: [...base, 'expose', index, 'host'] })),
    ...service.smoke.map(({ host }, index) => ({ host, path: [...base, 'smoke', index, 'host'] })),
  ]
  for (const { host, path } of written) {
    const filled = host === undefined ? undefined : fillPlaceholders(host, form.values)
    if (host === undefined || filled === undefined || isOpen(filled) || wrong.has(`${showPath(path)} ${filled}`))
      continue
    if (isUnfilled(filled, host, path, { service, form, wrong, checked })) continue
    wrong.add(`${showPath(path)} ${filled}`)
    checkHost(filled, path, filled === host ? '' : ` for ${serviceId(service, form)}`, checked)
  }
}

type Around = {
  readonly service: ServiceConfig
  readonly form: Filled
  readonly wrong: Set<string>
  readonly checked: Checked
}

/** Says that a name still has braces, and whose variable is missing. */
const isUnfilled = (
  filled: string,
  written: string,
  path: Path,
  { service, form, wrong, checked: { config, findings } }: Around,
): boolean => {
  const [open] = placeholdersIn(filled)
  if (open === undefined) return false
  const said = `${showPath(path)} {${open}}`
  if (wrong.has(said)) return true
  wrong.add(said)
  const vars = config.environments.flatMap((environment) => Object.keys(environment.vars))
  const near = nearest(open, [...builtinPlaceholders, ...new Set(vars)])
  findings.error({
    path,
    message: `${showPath(path)} is ${JSON.stringify(written)}, and nothing fills in {${open}} for ${serviceId(service, form)}.`,
    hint:
      form.environment !== undefined && vars.includes(open)
        ? `Add it: environments: { ${form.environment.name}: { vars: { ${open}: … } } }`
        : near === undefined
          ? undefined
          : `Did you mean {${near}}?`,
  })
  return true
}

const checkHost = (host: string, path: Path, becomes: string, { findings }: Checked): void => {
  const trouble = hostTrouble(host)
  if (trouble === undefined) return
  findings.error({
    path,
    message: `${showPath(path)} ${becomes === '' ? 'is' : 'becomes'} ${JSON.stringify(host)}${becomes}: ${trouble}.`,
  })
}
