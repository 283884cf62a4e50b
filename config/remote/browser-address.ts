/** What stands between a repository and the branch, tag or commit that its page shows: GitHub, Gitea and Forgejo, Bitbucket. */
const page = /^([^/]+\/[^/]+\/[^/]+)\/(?:src\/(?:branch|tag|commit)|tree|blob|raw|src|commits?|releases\/tag)\/(.+)$/
/** GitLab has groups of any depth, and marks where they end. */
const pageOfGroups = /^([^/]+\/.+?)\/-\/(?:tree|blob|raw|commits?|tags|releases)\/(.+)$/
const rawFile = /^raw\.githubusercontent\.com\/([^/]+\/[^/]+)\/(?:refs\/(?:heads|tags)\/)?(.+)$/

/**
 * The address of a page that shows a folder, a file, a commit or a release, as a browser has it: `github.com/org/repo/tree/main/deploy`.
 * Undefined where `rest`, which is without its scheme, is no such page. Of a name with a slash in it only the part before it is taken for the branch.
 */
export const browserAddress = (
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

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
