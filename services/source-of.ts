import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Config, DeployConfig } from '../config/config.ts'
import { isAddress } from '../core/address.ts'
import { isPattern } from '../core/glob.ts'
import type { ValuesLayer } from '../config/chart-config.ts'
import type { Source } from '../manifests/deployable.ts'
import { argocdBuildOptions } from './build-options.ts'
import { fillIn, unfilled } from './fill.ts'
import { fill, problem, type Instance } from './instance.ts'
import { worktreeOf } from './worktree-of.ts'

/** What a service is rendered from: paths absolute, placeholders filled. What is not there is said. */
export const sourceOf = (config: Config, instance: Instance, deploy: DeployConfig): Source => {
  const path = (text: string, key: readonly (string | number)[], what: string): string => {
    const full = resolve(config.folder, fill(config, instance, text, ['deploy', ...key]))
    if (!existsSync(full) && !/^(?:https?|git|ssh):|^git@/.test(text))
      instance.problems.push(
        problem(config, instance, ['deploy', ...key], `There is no ${what} ${full}${saidAs(text, full)}.`),
      )
    return full
  }
  if (deploy.kind === 'kustomize') {
    const { folder, loadRestrictor, helm } = deploy
    return {
      kind: 'kustomize',
      folder: path(folder, ['kustomize'], 'folder'),
      ...(loadRestrictor === undefined ? {} : { loadRestrictor }),
      ...(helm === undefined ? {} : { helm }),
    }
  }
  if (deploy.kind === 'manifests')
    return {
      kind: 'manifests',
      paths: deploy.paths.map((one, index) => {
        const key = ['manifests', index]
        const meant = fillIn(one, instance.values)
        if (isAddress(meant)) return fill(config, instance, one, ['deploy', ...key])
        const full = resolve(config.folder, meant)
        return isPattern(full) ? full : path(one, key, 'file or folder')
      }),
    }
  if (deploy.kind === 'applications') {
    const adopted = deploy.of[instance.environment ?? '']
    if (!adopted) throw new Error(`${instance.id} has no Application`)
    return adopted.source.kind === 'kustomize'
      ? { ...adopted.source, ...argocdBuildOptions(config), allowedBy: 'argocd' }
      : adopted.source
  }
  if (deploy.kind === 'flux') {
    const folder = path(deploy.folder, ['flux'], 'folder')
    const worktree = worktreeOf(config, instance.service)
    return { kind: 'flux', folder, ...(worktree ? { worktree } : {}) }
  }
  const { chart } = deploy
  if (chart.chart.startsWith('/') && !existsSync(chart.chart))
    instance.problems.push(problem(config, instance, ['deploy', 'helm', 'chart'], `There is no chart ${chart.chart}.`))
  return {
    kind: 'helm',
    chart,
    release: fill(config, instance, deploy.release, ['deploy', 'helm', 'release']),
    values: [
      ...deploy.values.map((one, index): ValuesLayer => {
        const key = ['helm', 'values', index]
        return {
          file: path(one, key, 'values file'),
          at: config.at(['services', instance.service.name, 'deploy', ...key]),
        }
      }),
      ...setLayer(config, instance, deploy.set),
    ],
  }
}

const setLayer = (
  config: Config,
  instance: Instance,
  set: Extract<DeployConfig, { kind: 'helm' }>['set'],
): readonly ValuesLayer[] => {
  const ours = config.images.some(({ key }) => key === instance.service.name)
  const entries = Object.entries(set).flatMap(([path, value]) => {
    // An override that is empty leaves the chart its own image: what would set it says nothing then.
    const empty =
      ours &&
      typeof value === 'string' &&
      unfilled(fillIn(value, instance.values)).some((name) => name.startsWith('image'))
    if (empty) return []
    return [
      [
        path,
        typeof value === 'string' ? fill(config, instance, value, ['deploy', 'helm', 'set', path]) : value,
      ] as const,
    ]
  })
  return entries.length > 0 ? [{ set: Object.fromEntries(entries) }] : []
}

const saidAs = (text: string, full: string): string =>
  full.endsWith(text.replace(/^\.\//, '')) ? '' : ` (from \`${text}\`)`
