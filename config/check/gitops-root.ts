import { relative, resolve } from 'node:path'
import { isAddress } from '../../core/address.ts'
import { fillPlaceholders } from '../../core/placeholders.ts'
import { isInside } from '../../core/paths.ts'
import type { ServiceConfig } from '../config.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { Checked } from './known.ts'
import { formsOf, isOpen } from './known.ts'

/** Files of a service that lie outside the `root` of its gitops. */
export const checkGitOpsRoots = (checked: Checked): void => {
  const { config, findings } = checked
  for (const service of config.services) {
    const { gitops, name } = service
    if (gitops?.root === undefined) continue
    for (const { path, text } of filesOf(service))
      for (const file of filled(text, service, checked)) {
        if (isInside(resolve(config.folder, file), gitops.root)) continue
        findings.error({
          path: ['services', name, ...path],
          message: `${showPath(['services', name, ...path])}: ${file} is not below ${relative(config.folder, gitops.root) || '.'}, the root of services.${name}.gitops.`,
          hint: 'Widen the root, or leave it out.',
        })
      }
  }
}

const filesOf = ({ deploy }: ServiceConfig): readonly { readonly path: Path; readonly text: string }[] => {
  if (deploy.kind === 'kustomize') return [{ path: ['deploy', 'kustomize'], text: deploy.folder }]
  if (deploy.kind === 'manifests')
    return deploy.paths.flatMap((text, index) =>
      isAddress(text) ? [] : [{ path: ['deploy', 'manifests', index], text }],
    )
  if (deploy.kind === 'applications') return []
  if (deploy.kind === 'flux') return [{ path: ['deploy', 'flux'], text: deploy.folder }]
  const { chart } = deploy.chart
  return [
    ...(chart.startsWith('/') ? [{ path: ['deploy', 'helm', 'chart'], text: chart }] : []),
    ...deploy.values.map((text, index) => ({ path: ['deploy', 'helm', 'values', index], text })),
  ]
}

/** The text in each form of the service, without what still has placeholders. */
const filled = (text: string, service: ServiceConfig, { config }: Checked): readonly string[] => [
  ...new Set(
    formsOf(service, config)
      .map(({ values }) => fillPlaceholders(text, values))
      .filter((path) => !isOpen(path)),
  ),
]
