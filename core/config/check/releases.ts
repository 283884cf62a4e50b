import { fillPlaceholders, hasPlaceholder } from '../../placeholders.ts'
import { hostTrouble } from '../parse/label.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { Checked } from './known.ts'
import { formsOf, idOf } from './known.ts'

/** What the placeholders make of releases and host names: two services with one release, names that cannot be. */
export const checkFilled = (checked: Checked): void => {
  const { config, findings } = checked
  const releases = new Map<string, string>()
  for (const service of config.services) {
    const base: Path = ['services', service.name]
    const { deploy } = service
    for (const form of formsOf(service, config)) {
      for (const [index, host] of service.hosts.entries())
        checkHost(fillPlaceholders(host, form.values), [...base, 'hosts', index], checked)
      if (deploy.kind !== 'helm') continue
      const release = fillPlaceholders(deploy.release, form.values)
      const path = [...base, 'deploy', 'helm', 'release']
      if (hasPlaceholder(release)) continue
      if (release.length > 53 || !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(release)) {
        findings.error({
          path,
          message: `${showPath(path)} becomes ${JSON.stringify(release)} for ${idOf(service, form)}: helm wants lower-case letters, digits and dashes, 53 at most.`,
        })
      }
      const place = `${form.namespace}/${release}`
      const other = releases.get(place)
      if (other !== undefined) {
        findings.error({
          path,
          message: `${idOf(service, form)} and ${other} are both the release ${release} in namespace ${form.namespace}.`,
          hint: 'Give one of them a release: or a namespace of its own.',
        })
      }
      releases.set(place, idOf(service, form))
    }
  }
  for (const { name, host } of config.addons) if (host !== undefined) checkHost(host, ['addons', name, 'host'], checked)
  for (const [index, host] of config.hosts.extra.entries()) checkHost(host, ['hosts', 'extra', index], checked)
}

const checkHost = (host: string, path: Path, { findings }: Checked): void => {
  const trouble = hasPlaceholder(host) ? undefined : hostTrouble(host)
  if (trouble !== undefined)
    findings.error({ path, message: `${showPath(path)} is ${JSON.stringify(host)}: ${trouble}.` })
}
