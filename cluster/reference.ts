/** An image reference in its parts. A registry's port is no tag: `localhost:5001/web` has none. */
export const partsOf = (
  ref: string,
): { readonly repository: string; readonly tag: string | undefined; readonly digest: string | undefined } => {
  const [named = '', digest] = ref.split('@')
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  return {
    repository: colon < 0 ? named : named.slice(0, colon),
    tag: colon < 0 ? undefined : named.slice(colon + 1),
    digest,
  }
}

/**
 * An image reference in full, as containerd and the kubelet name it: `web` → `docker.io/library/web:latest`.
 * With a digest the tag is dropped, as the digest alone decides.
 */
export const qualified = (ref: string): string => {
  const { repository, tag = 'latest', digest } = partsOf(ref)
  return `${inFull(repository)}${digest === undefined ? `:${tag}` : `@${digest}`}`
}

/** A repository without registry and folders. */
export const lastPart = (repository: string): string => repository.slice(repository.lastIndexOf('/') + 1)

/** Whether two repositories are the same: `python` is `docker.io/library/python`. */
export const sameRepository = (a: string, b: string): boolean => inFull(a) === inFull(b)

/** Whether two references are the same repository and tag, digests aside; a reference without a tag means `latest`. */
export const sameTag = (a: string, b: string): boolean => {
  const [one, other] = [partsOf(a), partsOf(b)]
  return sameRepository(one.repository, other.repository) && (one.tag ?? 'latest') === (other.tag ?? 'latest')
}

/** What a reference is called in the registry of that host, under its own tag or another: `ghcr.io/team/web:1` → `localhost:5001/team/web:1`. */
export const nameIn = (ref: string, host: string, tag?: string): string => {
  const { repository, tag: own = 'latest' } = partsOf(ref)
  // `library` is Docker's word, and nothing that anybody wrote.
  const path = inFull(repository).replace(/^docker\.io\/library\/|^[^/]+\//, '')
  return `${host}/${path}:${tag ?? own}`
}

/** The first part is a host where it could be no user of Docker's registry: it has a dot or a port, or is `localhost`. */
const inFull = (repository: string): string => {
  const [first = ''] = repository.split('/')
  const hasHost = repository.includes('/') && (/[.:]/.test(first) || first === 'localhost')
  const host = hasHost ? first.replace(/^index\.docker\.io$/, 'docker.io') : 'docker.io'
  const rest = hasHost ? repository.slice(first.length + 1) : repository
  return `${host}/${host === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest}`
}
