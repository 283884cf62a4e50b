import { decoded } from '../../core/address.ts'
import type { RemoteAddress } from '../remote-address.ts'

/**
 * Reads the spellings that people know from kustomize and terraform: `github.com/org/repo//path@ref`,
 * `https://host/repo.git//path?ref=v1`, `git@host:org/repo.git//path`, `git::ssh://…`, `file:///repo.git`; and the address of a
 * page that a browser shows of it, `https://github.com/org/repo/tree/main/path`. Undefined where the text is a path of this machine; a sentence where it is meant to be an address and is none.
 */
export const parseRemote = (text: string): RemoteAddress | string | undefined => {
  const plain = text.replace(/^git::/, '')
  const isForced = plain !== text
  const host = /^(?:(https?|ssh|git|file):\/\/|([\w.-]+@[\w.-]+):(?!\/\/)|(?:[a-z0-9-]+\.)+[a-z]{2,}\/[^/]+\/)/i.exec(
    plain,
  )
  if (!host) return isForced ? 'git:: stands before an address such as https://host/repo.git' : undefined
  if (/^git:\/\//i.test(plain)) return 'git:// is neither encrypted nor signed; use https:// or ssh://'
  if (/^http:\/\/(?!localhost|127\.0\.0\.1|\[::1\])/i.test(plain))
    return 'http:// is not encrypted; use https:// or ssh://'
  // Without a scheme a dot is enough for a folder of this machine: two slashes, a ref or three parts make it an address.
  const isBare = host[1] === undefined && host[2] === undefined
  const isWeb = isBare || /^https?$/i.test(host[1] ?? '')
  const shown = isWeb && !isForced ? browserAddress(plain.replace(/^https?:\/\//i, '')) : undefined
  if (shown) return checked({ ...shown, url: isBare ? shown.url : shown.url.replace(/^https/, `${host[1]}`) })
  const [body = '', query = ''] = split(plain, '?')
  const asked = new URLSearchParams(query)
  // Before the first slash of an address stands who logs in.
  const at = /@([^@/:][^@:]*)$/.exec(
    host[1] === undefined ? body.slice(host[0].length) : body.slice(host[0].length).replace(/^[^/]*/, ''),
  )
  const ref = asked.get('ref') ?? asked.get('version') ?? at?.[1]
  const rest = at ? body.slice(0, body.length - at[0].length) : body
  const scheme = host[1] === undefined ? '' : `${host[1]}://`
  const [repository = '', ...inner] = rest.slice(scheme.length).split('//')
  const isThree = inner.length === 0 && (isBare || (isWeb && hasThreeParts.test(repository)))
  const { repo, below } = isThree ? threeParts(repository) : withinGit(repository, inner)
  return checked({
    url: isBare ? `https://${repo}` : `${scheme}${repo}`,
    path: below.replaceAll(/^\/+|\/+$/g, ''),
    ref,
  })
}

const checked = (address: RemoteAddress): RemoteAddress | string => {
  const { path, ref } = address
  if (path.split('/').includes('..')) return `${path} leads out of the repository`
  if (ref !== undefined && !/^[A-Za-z0-9][\w./+-]*$/.test(ref)) return `${ref} is no branch, tag or commit`
  return { ...address, ref: ref === 'HEAD' ? undefined : ref }
}

/** Where a repository is always the host and two names, a third one is a folder in it. */
const hasThreeParts = /^(?:[^/@]+@)?(?:www\.)?(?:github\.com|bitbucket\.org|codeberg\.org)\/[^/]+\/[^/]+\/(?!\/)/i

const split = (text: string, by: string): readonly string[] => {
  const at = text.indexOf(by)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** `github.com/org/repo/a/b`: the host and two more, as kustomize has it. */
const threeParts = (text: string): { readonly repo: string; readonly below: string } => {
  const [host = '', org = '', repo = '', ...below] = text.split('/')
  return { repo: `${host}/${org}/${repo}`, below: below.join('/') }
}

/** What stands behind `//`, or behind a name that ends in `.git`. */
const withinGit = (repository: string, inner: readonly string[]): { readonly repo: string; readonly below: string } => {
  const [, repo = repository, below = ''] = inner.length > 0 ? [] : (/^(.*?\.git)\/(.+)$/.exec(repository) ?? [])
  return { repo: repo.replace(/\/$/, ''), below: inner.length > 0 ? inner.join('/') : below }
}

/** What stands between a repository and the branch, tag or commit that its page shows: GitHub, Gitea and Forgejo, Bitbucket. */
const page = /^([^/]+\/[^/]+\/[^/]+)\/(?:src\/(?:branch|tag|commit)|tree|blob|raw|src|commits?|releases\/tag)\/(.+)$/
/** GitLab has groups of any depth, and marks where they end. */
const pageOfGroups = /^([^/]+\/.+?)\/-\/(?:tree|blob|raw|commits?|tags|releases)\/(.+)$/
const rawFile = /^raw\.githubusercontent\.com\/([^/]+\/[^/]+)\/(?:refs\/(?:heads|tags)\/)?(.+)$/

/**
 * The address of a page that shows a folder, a file, a commit or a release, as a browser has it: `github.com/org/repo/tree/main/deploy`.
 * Undefined where `rest`, which is without its scheme, is no such page. Of a name with a slash in it only the part before it is taken for the branch.
 */
const browserAddress = (
  rest: string,
): { readonly url: string; readonly path: string; readonly ref: string } | undefined => {
  const [clean = ''] = rest.split(/[?#]/)
  if (clean.includes('//') || /\.git(\/|@|$)/.test(clean)) return undefined
  const raw = rawFile.exec(clean)
  const [, repository, shown] = raw ?? pageOfGroups.exec(clean) ?? page.exec(clean) ?? []
  if (repository === undefined || shown === undefined) return undefined
  const [ref = '', ...path] = shown.split('/').filter(Boolean).map(decoded)
  return { url: `https://${raw ? `github.com/${repository}` : repository}`, path: path.join('/'), ref }
}
