import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { withoutLogin } from '../../core/mask/without-login.ts'
import { configOf, gitFoldersOf, remotesIn, valuesIn, withInstead } from './git-config.ts'
import { topLevel } from './own-repository.ts'

/** What is checked out, as the git remote has it. */
export type Upstream = {
  /** Absolute path of the top level. */
  readonly root: string
  /** What git here calls the remote. */
  readonly remote: string
  /** Of the remote, without a login. */
  readonly url: string
  /** The branch there, or the commit where none is checked out. */
  readonly at: { readonly branch: string } | { readonly commit: string }
  /** Where that branch was when git here last asked. */
  readonly known?: string
}

export type NoUpstream = { readonly why: string; readonly hint: string }

/** The git remote of what is checked out in a folder, from the files of git: a plan may run where there is none. */
export const upstreamOf = (folder: string): Upstream | NoUpstream => {
  const root = topLevel(folder)
  if (root === undefined) return { why: `${folder} is in no git repository`, hint: 'git init, commit and push it' }
  const config = configOf(root)
  const remotes = remotesIn(config)
  const { own = '', common = '' } = gitFoldersOf(root)
  const head = read(join(own, 'HEAD'))
  const branch = /^ref: refs\/heads\/(.+)$/.exec(head)?.[1]
  const follows = branch === undefined ? undefined : valuesIn(config, 'branch', branch)
  // `.`: another branch of this repository.
  const said = follows?.get('remote') === '.' ? undefined : follows
  const name = said?.get('remote') ?? (remotes.has('origin') || remotes.size !== 1 ? 'origin' : [...remotes.keys()][0])
  const url = remotes.get(name ?? '')
  if (name === undefined || url === undefined)
    return {
      why: `the repository ${root} has no git remote${name === undefined || name === 'origin' ? '' : ` ${name}`}`,
      hint: 'git remote add origin URL',
    }
  const address = asGiven(withInstead(config, url))
  if (branch === undefined) {
    if (/^[0-9a-f]{40,64}$/.test(head)) return { root, remote: name, url: address, at: { commit: head }, known: head }
    return { why: `nothing is checked out in ${root}`, hint: 'git switch main' }
  }
  const there = /^refs\/heads\/(.+)$/.exec(said?.get('merge') ?? '')?.[1] ?? branch
  const known = refAt(common, `refs/remotes/${name}/${there}`)
  if (known === undefined && said?.get('merge') === undefined)
    return {
      why: `the branch ${branch} is not in the remote ${name}, as far as git here knows`,
      hint: `git push --set-upstream ${name} ${branch}`,
    }
  return { root, remote: name, url: address, at: { branch: there }, ...(known === undefined ? {} : { known }) }
}

/** The files of git that tell where a branch of the remote is, as far as git here knows: they change with a push and a fetch. */
export const upstreamFiles = (folder: string): readonly string[] => {
  const root = topLevel(folder)
  const found = root === undefined ? undefined : upstreamOf(folder)
  if (root === undefined || found === undefined || 'why' in found) return []
  const { own = '', common = '' } = gitFoldersOf(root)
  const branch = 'branch' in found.at ? [join(common, 'refs/remotes', found.remote, found.at.branch)] : []
  return [join(own, 'HEAD'), join(common, 'packed-refs'), ...branch]
}

/** Without a login; the user of `git@host:path` is none, and a controller looks for the key of that very address. */
const asGiven = (url: string): string => (/^[^:@/]+@[^:/]+:/.test(url) ? url : withoutLogin(url))

/** What a reference leads to: a file of its own, or a line among those that were packed. */
const refAt = (common: string, ref: string): string | undefined => {
  const own = read(join(common, ref))
  if (/^[0-9a-f]{40,64}$/.test(own)) return own
  return read(join(common, 'packed-refs'))
    .split('\n')
    .flatMap((line) => (line.endsWith(` ${ref}`) ? [line.split(' ')[0] ?? ''] : []))[0]
}

const read = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8').trim() : '')
