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

/** In parts, of which those of two environments stand beside each other. */
export const environmentFiles = async (
  config: Config,
  service: ServiceConfig,
  environment: string,
): Promise<readonly EnvironmentFiles[]> => {
  const values = placeholdersOf(config, service, environment, [])
  const path = (text: string): string => resolve(config.folder, fillIn(text, values))
  const { deploy } = service
  if (deploy.kind === 'helm') return [valuesOf(deploy.chart.chart, deploy.values.map(path))]
  if (deploy.kind === 'kustomize') return [await kustomizationOf(path(deploy.folder))]
  if (deploy.kind === 'manifests')
    return [await manifestsOf(deploy.paths.filter((text) => !isAddress(fillIn(text, values))).map(path))]
  if (deploy.kind === 'flux') return [await manifestsOf([path(deploy.folder)])]
  const adopted = deploy.of[environment]
  if (!adopted) return []
  const { source } = adopted
  const files = source.kind === 'helm' ? source.values.flatMap((layer) => ('file' in layer ? [layer.file] : [])) : []
  const own =
    source.kind === 'helm'
      ? valuesOf(source.chart.chart, files)
      : source.kind === 'kustomize'
        ? await kustomizationOf(source.folder)
        : await manifestsOf(source.paths)
  return [own, { kind: 'manifests', files: [adopted.at.file] }]
}

const valuesOf = (chart: string, values: readonly string[]): EnvironmentFiles => {
  const own = chart.startsWith('/') ? [join(chart, 'values.yaml')] : []
  return { kind: 'values', files: [...new Set([...own.filter((file) => existsSync(file)), ...values])] }
}

const kustomizationOf = async (folder: string): Promise<EnvironmentFiles> => {
  const manifests = kustomizationManifests(folder)
  const own = kustomizationFile(folder)
  const below = (await everyFile(folder)).filter((file) => /\/kustomization(\.ya?ml)?$/i.test(file))
  return {
    kind: 'kustomize',
    folder,
    files: [...new Set([...(own === undefined ? [] : [own]), ...below, ...manifests])],
  }
}

const manifestsOf = async (paths: readonly string[]): Promise<EnvironmentFiles> => {
  const found = await Promise.all(
    paths.map(async (file) => {
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
