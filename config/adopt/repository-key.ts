import { decoded } from '../../core/address.ts'
/**
 * What two spellings of a repository's address have in common: `git@GitHub.com:org/shop.git`,
 * `ssh://git@github.com:22/org/shop` and `https://me:token@github.com/org/shop/` are one. A port says how it is reached, not what it is.
 */
export const repositoryKey = (url: string): string => {
  const text = url.trim()
  const [, , host = '', path = ''] =
    /^(?:[a-z][a-z0-9+.-]*:\/\/)(?:([^@/]*)@)?(\[[^\]]+\]|[^/:]*)(?::\d*)?\/*(.*)$/i.exec(text) ??
    /^(?:([^@/]+)@)?([^/:]{2,}):(?!\/\/)\/?(.*)$/.exec(text) ??
    []
  if (host === '') return trimmed(text.replace(/^file:\/\//, ''))
  const name = host.toLowerCase().replace(/^ssh\.(github\.com)$|^altssh\.(gitlab\.com|bitbucket\.org)$/, '$1$2')
  const way = trimmed(decoded(path))
  // These take any case for the same repository.
  return `${name}/${/^(github\.com|gitlab\.com|bitbucket\.org)$/.test(name) ? way.toLowerCase() : way}`
}

const trimmed = (path: string): string =>
  path
    .replace(/\/+$/, '')
    .replace(/\.git$/i, '')
    .replace(/\/+$/, '')
