import { existsSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { upstreamOf } from '../config/adopt/upstream.ts'
import type { Config } from '../config/config.ts'
import { isAddress } from '../core/address.ts'
import { isPattern, matchingNow } from '../core/glob.ts'
import { isInside } from '../core/paths.ts'
import type { Remote } from '../gitops/remote/remote.ts'
import type { Source } from '../manifests/deployable.ts'
import { goesIntoList, mergeValues, setValues, type Values } from '../manifests/helm/set-values.ts'
import { problem, type Instance } from './instance.ts'

/** The remote that a service is left to; undefined for any other, and where it cannot be, which is said. */
export const remoteOf = (config: Config, instance: Instance, source: Source): Remote | undefined => {
  const { gitops, deploy, name } = instance.service
  const isPlain = source.kind !== 'flux' && deploy.kind !== 'applications'
  if (gitops?.source !== 'remote' || !isPlain) return undefined
  const refuse = (key: readonly (string | number)[], message: string, hint: string): undefined => {
    instance.problems.push(problem(config, instance, key, message, hint))
    return undefined
  }
  const from = ['gitops', 'source']
  const found = upstreamOf(config.folder)
  if ('why' in found) return refuse(from, `${name} is left to the git remote, and ${found.why}.`, found.hint)
  const { root, url, at, known } = found
  const wrong = unreachable(url, gitops.tool)
  if (wrong !== undefined)
    return refuse(
      from,
      `${name} is left to the git remote ${url}, and ${wrong}.`,
      'git remote set-url origin https://…',
    )
  const outside = localPaths(source).find(([, path]) => !isInside(path, root))
  if (outside)
    return refuse(outside[0], `${outside[1]} is not in the repository ${root}: its remote does not hold it.`, here)
  const inTree = (path: string): string => relative(root, path).replaceAll('\\', '/') || '.'
  const base = { url, at, ...(known === undefined ? {} : { known }) }
  if (source.kind === 'kustomize') {
    if (source.helm) return refuse(['deploy', 'kustomize'], `A controller builds no kustomization with charts.`, here)
    if (source.loadRestrictor !== undefined && gitops.tool === 'argocd')
      return refuse(['deploy', 'kustomize'], 'Argo CD builds a kustomization without options.', here)
    return { ...base, path: inTree(source.folder), of: { kind: 'kustomization' } }
  }
  if (source.kind === 'manifests') {
    const [first = ''] = source.paths
    const away = source.paths.findIndex(isAddress)
    if (away >= 0) return refuse(['deploy', 'manifests', away], `${source.paths[away]} is not in the git remote.`, here)
    if (source.paths.length === 1 && !isFile(first) && !isPattern(first))
      return { ...base, path: inTree(first), of: { kind: 'manifests' } }
    const files = source.paths.flatMap((path) => (isPattern(path) ? matchingNow(path) : [path]))
    const folder = files.map((file) => dirname(file)).reduce(common, dirname(files[0] ?? root))
    if (files.some((file) => !isFile(file)))
      return refuse(
        ['deploy', 'manifests'],
        'Of the git remote, one folder can be deployed, or files.',
        'Name the files of the folder, or the folder alone.',
      )
    return {
      ...base,
      path: inTree(folder),
      of: { kind: 'manifests', files: files.map((file) => relative(folder, file)) },
    }
  }
  if (source.kind !== 'helm') return undefined
  const { chart } = source.chart
  if (!existsSync(join(chart, 'Chart.yaml')))
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

const isFile = (path: string): boolean => /\.(?:ya?ml|json)$/i.test(path)

const common = (folder: string, other: string): string =>
  isInside(other, folder) ? folder : common(dirname(folder), other)

/** Why a controller in the cluster cannot read an address. */
const unreachable = (url: string, tool: 'argocd' | 'flux'): string | undefined => {
  if (/^(?:file:|\.{0,2}\/|[A-Za-z]:[\\/])/.test(url))
    return 'that is a folder of this machine, which the cluster does not see'
  const host = /^[a-z+]+:\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^/:]+)/i.exec(url)?.[1] ?? ''
  if (/^(?:localhost|127\.|\[::1\])/.test(host)) return `in the cluster ${host} is the controller itself`
  if (tool === 'flux' && !/^https?:\/\//i.test(url))
    return 'Flux reads an address by ssh only with a key: https needs none where anybody may read it'
  return undefined
}

/** The files and folders that a source names, and the keys that they stand at. */
const localPaths = (source: Source): readonly (readonly [readonly (string | number)[], string])[] => {
  if (source.kind === 'kustomize') return [[['deploy', 'kustomize'], source.folder]]
  if (source.kind === 'manifests')
    return source.paths.flatMap((path, index) =>
      isAddress(path) ? [] : [[['deploy', 'manifests', index], path] as const],
    )
  if (source.kind !== 'helm') return []
  const { chart } = source.chart
  return [
    ...(chart.startsWith('/') ? [[['deploy', 'helm', 'chart'], chart] as const] : []),
    ...source.values.flatMap((layer, index) =>
      'file' in layer ? [[['deploy', 'helm', 'values', index], layer.file] as const] : [],
    ),
  ]
}
