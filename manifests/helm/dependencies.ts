import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import satisfies from 'semver/functions/satisfies.js'
import type { ChartConfig } from '../../config/config.ts'
import { readFileNow, type Files } from '../../core/files.ts'
import type { Problem } from '../../core/problem.ts'
import {
  chartHead,
  chartParts,
  heldCharts,
  isInStep,
  lockedVersion,
  type ChartParts,
  type Dependency,
} from './chart-yaml.ts'
import { rangeOf, type LocatedChart } from './locate-chart.ts'
import { aliasOf, repositoriesOf } from './repositories.ts'
import { missingDependencies } from './template-error.ts'
import { shown } from '../../core/shown-command.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Where a chart comes from that another one names and does not hold. */
export type Lacking =
  | { readonly kind: 'folder'; readonly dependency: Dependency; readonly folder: string }
  | { readonly kind: 'published'; readonly dependency: Dependency; readonly chart: ChartConfig }
  | { readonly kind: 'nowhere'; readonly problem: Problem }

/** The charts that a chart folder names and does not hold in `charts/` */
export const lackingOf = (folder: string, env: Env, files: Files = readFileNow): readonly Lacking[] => {
  const parts = chartParts(folder, files)
  const held = new Set(heldCharts(folder, files).map(({ name }) => name))
  const lacking = parts.dependencies.filter(({ name }) => !held.has(name))
  const found = lacking.map((dependency) => whereabouts(dependency, parts, folder, env, files))
  const apart = found.some(({ kind }) => kind === 'published') ? lockProblem(parts, folder, env) : []
  return [...found, ...apart]
}

const whereabouts = (dependency: Dependency, parts: ChartParts, folder: string, env: Env, files: Files): Lacking => {
  const { name, repository, at } = dependency
  const wrong = (message: string, hint: string): Lacking => ({
    kind: 'nowhere',
    problem: { severity: 'error', message, at, hint },
  })
  if (repository === '')
    return { kind: 'nowhere', problem: missingDependencies(name, { kind: 'folder', path: folder }, at) }
  if (repository.startsWith('file://')) {
    const beside = resolve(folder, repository.slice('file://'.length))
    const there = chartHead(beside, files)
    const meant = `The chart ${folder} depends on ${name}`
    if (there.name === '') return wrong(`${meant} in ${beside}, which is no chart.`, `ls ${beside}`)
    if (there.name !== name)
      return wrong(`${meant} in ${beside}, which is the chart ${there.name}.`, `Write \`name: ${there.name}\`.`)
    // helm builds no other version than the one that is asked for.
    if (!satisfies(there.version, rangeOf(dependency.version), { includePrerelease: true }))
      return wrong(
        `${meant} ${dependency.version}, and ${beside} is ${there.version === '' ? 'of no version' : there.version}.`,
        `Write \`version: ${there.version === '' ? '"*"' : there.version}\`.`,
      )
    return { kind: 'folder', dependency, folder: beside }
  }
  const url = urlOf(repository, env)
  if (url === undefined) {
    const alias = aliasOf(repository)
    return alias === undefined
      ? wrong(
          `${repository} is no repository: ${name} is looked for at an address, or at one that helm knows.`,
          `Write \`repository: https://…\`, or \`"@${repository}"\` after helm repo add ${repository} https://…`,
        )
      : wrong(
          `The repository of ${name} is ${repository}, which helm does not know on this machine.`,
          `helm repo add ${alias} https://…`,
        )
  }
  const asked = lockedVersion(parts, dependency)
  const version = asked === '' ? {} : { version: asked }
  const oci = url.startsWith('oci://')
  return {
    kind: 'published',
    dependency,
    chart: oci ? { chart: `${url.replace(/\/+$/, '')}/${name}`, ...version } : { chart: name, repo: url, ...version },
  }
}

/** The address of a repository; undefined for a name that helm does not know, and for what is none. */
const urlOf = (repository: string, env: Env): string | undefined => {
  const alias = aliasOf(repository)
  if (alias !== undefined) return repositoriesOf(env).find(({ name }) => name === alias)?.url
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(repository) ? repository : undefined
}

/** helm builds nothing from a lock that was made for other dependencies. */
const lockProblem = (parts: ChartParts, folder: string, env: Env): readonly Lacking[] => {
  const urls = parts.dependencies.map(({ repository }) => urlOf(repository, env) ?? repository)
  if (!parts.lock || isInStep(parts, urls)) return []
  return [
    {
      kind: 'nowhere',
      problem: {
        severity: 'error',
        message: `This lock was made for other dependencies than ${parts.dependencies[0]?.at.file ?? 'Chart.yaml'} names now.`,
        at: { file: parts.lock.file },
        hint: shown('helm', ['dependency', 'update', folder]),
      },
    },
  ]
}

/** What keeps the dependencies of a chart from being put together, each with its line. */
export const dependencyProblems = (chart: LocatedChart, env: Env, files?: Files): readonly Problem[] => {
  if (chart.kind !== 'folder') return []
  const folder = chart.from ?? chart.path
  if (!existsSync(join(folder, 'Chart.yaml')))
    return [{ severity: 'error', message: `${folder} is no chart: it has no Chart.yaml.`, at: { file: folder } }]
  return [folder, ...(chart.beside ?? [])].flatMap((one) =>
    lackingOf(one, env, files).flatMap((lacking) => (lacking.kind === 'nowhere' ? [lacking.problem] : [])),
  )
}
