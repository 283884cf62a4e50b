import { builtinPlaceholders, misspeltPlaceholders, portPlaceholders } from '../../core/placeholders.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { Checked } from './known.ts'

/** Warns of placeholders that nothing fills in and that look like one that would be. */
export const checkPlaceholders = ({ config, findings }: Checked): void => {
  const ofPorts = Object.keys(portPlaceholders(config.cluster.nodes.flatMap(({ ports }) => ports)))
  const ofServices = [
    ...builtinPlaceholders,
    ...new Set(config.environments.flatMap(({ vars }) => Object.keys(vars))),
    ...ofPorts,
  ]
  const probe = (value: unknown, path: Path, known: readonly string[] = ofServices): void => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) probe(item, [...path, index], known)
    else if (value !== null && typeof value === 'object')
      for (const [key, item] of Object.entries(value)) probe(item, [...path, key], known)
    else if (typeof value === 'string') {
      for (const { written, meant } of misspeltPlaceholders(value, known)) {
        findings.warn({
          path,
          message: `${showPath(path)}: nothing fills in {${written}}, it stays as it is.`,
          hint: `Did you mean {${meant}}?`,
        })
      }
    }
  }
  for (const { name, set } of config.addons) probe(set, ['addons', name, 'set'], ofPorts)
  for (const { name, deploy, hosts, expose, hooks, smoke, credentials } of config.services) {
    const base: Path = ['services', name]
    if (deploy.kind === 'helm') {
      probe({ release: deploy.release, values: deploy.values, set: deploy.set }, [...base, 'deploy', 'helm'])
    } else if (deploy.kind !== 'applications') {
      const paths = deploy.kind === 'manifests' ? { manifests: deploy.paths } : { [deploy.kind]: deploy.folder }
      probe(paths, [...base, 'deploy'])
    }
    probe({ hosts, expose }, base)
    for (const when of ['before', 'after'] as const)
      for (const [index, { run, env }] of hooks[when].entries()) probe({ run, env }, [...base, 'hooks', when, index])
    for (const [index, { url }] of credentials.entries()) probe({ url }, [...base, 'credentials', index])
    for (const [index, { path, url, host, service }] of smoke.entries())
      probe({ path, url, host, service }, [...base, 'smoke', index])
  }
}
