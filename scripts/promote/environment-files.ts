import { readdir } from 'node:fs/promises'
import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Config, ServiceConfig } from '../../config/config.ts'
import { isAddress } from '../../core/address.ts'
import { isPattern, matching } from '../../core/glob.ts'
import { kustomizationFile, kustomizationManifests } from '../../manifests/kustomize/files.ts'
import { fillIn, placeholdersOf } from '../../services/fill.ts'

/** The files that say which versions a service runs in one environment. Absolute paths. */
export type EnvironmentFiles =
  /** Values files in their order, behind those of the chart where that is a folder. */
  | { readonly kind: 'values'; readonly files: readonly string[] }
  /** A kustomization and those below its folder, by their path from there; and the manifests that it takes. */
  | { readonly kind: 'kustomize'; readonly folder: string; readonly files: readonly string[] }
  | { readonly kind: 'manifests'; readonly files: readonly string[] }

export const environmentFiles = async (
  config: Config,
  service: ServiceConfig,
  environment: string,
): Promise<EnvironmentFiles> => {
  const values = placeholdersOf(config, service, environment, [])
  const path = (text: string): string => resolve(config.folder, fillIn(text, values))
  const { deploy } = service
  if (deploy.kind === 'helm') {
    const { chart } = deploy.chart
    const own = chart.startsWith('/') ? [join(chart, 'values.yaml')] : []
    return { kind: 'values', files: [...own.filter((file) => existsSync(file)), ...deploy.values.map(path)] }
  }
  if (deploy.kind === 'kustomize') {
    const folder = path(deploy.folder)
    const manifests = kustomizationManifests(folder)
    const below = (await everyFile(folder)).filter((file) =>
      /^kustomization(\.ya?ml)?$/i.test(file.split('/').at(-1) ?? ''),
    )
    const own = kustomizationFile(folder)
    return {
      kind: 'kustomize',
      folder,
      files: [...new Set([...(own === undefined ? [] : [own]), ...below, ...manifests])],
    }
  }
  const found = await Promise.all(
    deploy.paths.map(async (text) => {
      const file = path(text)
      if (isAddress(fillIn(text, values))) return []
      if (isPattern(file)) return await matching(file)
      const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory() === true
      return isFolder ? (await everyFile(file)).filter((one) => /\.(ya?ml|json)$/i.test(one)) : [file]
    }),
  )
  return { kind: 'manifests', files: [...new Set(found.flat())] }
}

const everyFile = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
