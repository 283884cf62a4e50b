import { argocdBuildOptions } from './build-options.ts'
import { argocdSet } from '../manifests/kustomize/argocd-set.ts'
import { existsSync, statSync } from 'node:fs'
import { dirname, extname, join, relative } from 'node:path'
import { upstreamOf } from '../config/adopt/upstream.ts'
import type { Config, GitOpsTool } from '../config/config.ts'
import { readsRemote } from '../config/reads-remote.ts'
import { isAddress } from '../core/address.ts'
import { isPattern, matchingNow } from '../core/glob.ts'
import { isInside } from '../core/paths.ts'
import type { Remote } from '../gitops/remote.ts'
import type { Source } from '../manifests/deployable.ts'
import { isLocal } from '../manifests/helm/locate-chart.ts'
import { goesIntoList, mergeValues, setValues, type Values } from '../manifests/helm/set-values.ts'
import { kustomizationFiles } from '../manifests/kustomize/files.ts'
import { problem, type Instance } from './instance.ts'

/** The remote that a service is left to; undefined for any other, and where it cannot be, which is said. */
export const remoteOf = (config: Config, instance: Instance, source: Source): Remote | undefined => {
  const { gitops, name } = instance.service
  if (!gitops || !readsRemote(instance.service)) return undefined
  const refuse = (key: readonly (string | number)[], message: string, hint: string): undefined => {
    instance.problems.push(problem(config, instance, key, message, hint))
    return undefined
  }
  const from = ['gitops', 'source']
  const found = upstreamOf(config.folder)
  if ('why' in found) return refuse(from, `${name} is left to the git remote, and ${found.why}.`, found.hint)
  const { root, remote, url, at, known } = found
  const wrong = unreachable(url, gitops.tool)
  if (wrong !== undefined)
    return refuse(
      from,
      `${name} is left to the git remote ${url}, and ${wrong}.`,
      `git remote set-url ${remote} https://…`,
    )
  const outside = localPaths(source).find(([, path]) => !isInside(path, root))
  if (outside)
    return refuse(outside[0], `${outside[1]} is not in the repository ${root}: its remote does not hold it.`, here)
  const inTree = (path: string): string => relative(root, path).replaceAll('\\', '/') || '.'
  const base = { url, at, ...(known === undefined ? {} : { known }) }
  if (source.kind === 'kustomize') {
    const allowed = gitops.tool === 'argocd' ? argocdBuildOptions(config) : {}
    if (source.helm && !allowed.helm)
      return refuse(
        ['deploy', 'kustomize'],
        gitops.tool === 'argocd'
          ? 'Argo CD renders no charts of a kustomization unless its configuration says so.'
          : 'Flux renders no charts of a kustomization.',
        gitops.tool === 'argocd' ? argocdSet('--enable-helm') : here,
      )
    if (source.loadRestrictor !== undefined && gitops.tool === 'argocd' && allowed.loadRestrictor === undefined)
      return refuse(
        ['deploy', 'kustomize'],
        'Argo CD has no kustomization read files outside its folder unless its configuration says so.',
        argocdSet('--load-restrictor LoadRestrictionsNone'),
      )
    return { ...base, path: inTree(source.folder), of: { kind: 'kustomization' } }
  }
  if (source.kind === 'manifests') {
    const away = source.paths.findIndex(isAddress)
    if (away >= 0) return refuse(['deploy', 'manifests', away], `${source.paths[away]} is not in the git remote.`, here)
    const [first = ''] = source.paths
    if (source.paths.length === 1 && isFolder(first)) return { ...base, path: inTree(first), of: { kind: 'manifests' } }
    const files = source.paths.flatMap((path) => (isPattern(path) ? matchingNow(path) : [path]))
    // What is not there is said where it is looked for. Controllers go by the ending.
    if (files.length === 0 || !files.every((file) => existsSync(file))) return undefined
    const endings = gitops.tool === 'flux' ? ['.yaml', '.yml'] : ['.yaml', '.yml', '.json']
    if (files.some((file) => isFolder(file) || !endings.includes(extname(file))))
      return refuse(
        ['deploy', 'manifests'],
        `Of the git remote, one folder can be deployed, or files that end in ${endings.join(', ')}.`,
        'Name the files of the folder, or the folder alone.',
      )
    const folder = files.map((file) => dirname(file)).reduce(common)
    return {
      ...base,
      path: inTree(folder),
      of: { kind: 'manifests', files: files.map((file) => relative(folder, file)) },
    }
  }
  if (source.kind !== 'helm') return undefined
  const { chart } = source.chart
  if (isLocal(source.chart) && !existsSync(chart)) return undefined
  if (!isLocal(source.chart) || !existsSync(join(chart, 'Chart.yaml')))
    return refuse(
      ['deploy', 'helm', 'chart'],
      `The chart ${chart} is no folder of this repository: its remote does not hold it.`,
      here,
    )
  const listed = source.values.flatMap((layer) => ('set' in layer ? Object.keys(layer.set) : [])).find(goesIntoList)
  if (listed !== undefined)
    return refuse(
      ['deploy', 'helm', 'set', listed],
      `${listed} is a part of a list, and a controller is told whole lists.`,
      'Write the list into a values file.',
    )
  return {
    ...base,
    path: inTree(chart),
    of: {
      kind: 'chart',
      release: source.release,
      valueFiles: source.values.flatMap((layer) => ('file' in layer ? [inTree(layer.file)] : [])),
      values: source.values.reduce<Values>(
        (all, layer) => ('set' in layer ? mergeValues(all, setValues(layer.set)) : all),
        {},
      ),
      hasValues: existsSync(join(chart, 'values.yaml')),
    },
  }
}

const here = '`source: worktree` deploys the files as they are here.'

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false

const common = (folder: string, other: string): string =>
  isInside(other, folder) ? folder : common(dirname(folder), other)

/** Why a controller in the cluster cannot read an address. */
const unreachable = (url: string, tool: GitOpsTool): string | undefined => {
  const [, scheme, host = ''] =
    /^([a-z][a-z0-9+.-]+):\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^/:]*)/i.exec(url) ??
    // As ssh has it: `git@host:path`. One letter is a drive.
    /^()(?:[^:@/]+@)?([^:/\\@]{2,}):/.exec(url) ??
    []
  if (scheme === undefined || /^file$/i.test(scheme))
    return 'that is a folder of this machine, which the cluster does not see'
  if (/^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1\])$/i.test(host))
    return `in the cluster ${host} is the controller itself`
  if (tool === 'argocd' || /^https?$/i.test(scheme)) return undefined
  return /^(?:ssh)?$/i.test(scheme)
    ? 'Flux reads an address by ssh only with a key: https needs none where anybody may read it'
    : `Flux reads no address by ${scheme}`
}

/** The files and folders that a source names, and the keys that they stand at. */
const localPaths = (source: Source): readonly (readonly [readonly (string | number)[], string])[] => {
  if (source.kind === 'kustomize')
    return [source.folder, ...kustomizationFiles(source.folder)].map((path) => [['deploy', 'kustomize'], path] as const)
  if (source.kind === 'manifests')
    return source.paths.flatMap((path, index) =>
      isAddress(path) ? [] : [[['deploy', 'manifests', index], path] as const],
    )
  if (source.kind !== 'helm') return []
  const { chart } = source.chart
  return [
    ...(isLocal(source.chart) ? [[['deploy', 'helm', 'chart'], chart] as const] : []),
    ...source.values.flatMap((layer, index) =>
      'file' in layer ? [[['deploy', 'helm', 'values', index], layer.file] as const] : [],
    ),
  ]
}
