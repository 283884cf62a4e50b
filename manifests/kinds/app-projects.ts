import { matchesGlob } from 'node:path'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { repositoryKey } from '../../config/adopt/repository-key.ts'
import { fieldsAt, textListAt } from '../../core/fields.ts'
import { groupKind } from './kind.ts'

/** Where Applications read the working tree: a pattern as `sourceRepos` takes it, and what repository that stands for. */
export type Artifacts = {
  readonly address: string
  /** Keys of the remotes of this repository; left out where it has none. */
  readonly remotes?: readonly string[]
}

export const isAppProject = (object: KubeObject): boolean => groupKind(object) === 'argoproj.io/AppProject'

/** A project that permits this repository permits the working tree, too: its Applications read that in place of a remote. */
export const withArtifacts = (object: KubeObject, artifacts: Artifacts): KubeObject => {
  if (!isAppProject(object)) return object
  const repos = sourceRepos(object)
  const { address, remotes } = artifacts
  const isOwn = remotes === undefined ? repos.length > 0 : remotes.some((key) => permits(repos.map(keyOf), key))
  if (repos.includes('*') || repos.includes(address) || !isOwn) return object
  return { ...object, spec: { ...fieldsAt(object, 'spec'), sourceRepos: [...repos, address] } }
}

const keyOf = (pattern: string): string =>
  pattern.startsWith('!') ? `!${repositoryKey(pattern.slice(1))}` : repositoryKey(pattern)

/** Whether a project permits an artifact of the local registry. */
export const permitsArtifact = (project: KubeObject, address: string): boolean =>
  permits(sourceRepos(project).map(withoutScheme), withoutScheme(address))

const sourceRepos = (object: KubeObject): readonly string[] => textListAt(object, 'spec', 'sourceRepos')

const withoutScheme = (address: string): string => address.replace(/^oci:\/\//, '')

/** As Argo CD does: `*` alone is everything, within a pattern it stays between slashes; what is behind a `!` is not. */
const permits = (patterns: readonly string[], address: string): boolean =>
  patterns.some((pattern) => pattern === '*' || matchesGlob(address, pattern)) &&
  !patterns.some((pattern) => pattern.startsWith('!') && matchesGlob(address, pattern.slice(1)))
