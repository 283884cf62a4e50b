/** An image reference in its parts. A registry's port is no tag: `localhost:5001/web` has none. */
export const partsOf = (ref: string): { repository: string; tag: string | undefined; digest: string | undefined } => {
  const [named = '', digest] = ref.split('@')
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  return {
    repository: colon < 0 ? named : named.slice(0, colon),
    tag: colon < 0 ? undefined : named.slice(colon + 1),
    digest,
  }
}

/** Whether two repositories are the same: `python` is `docker.io/library/python`. */
export const sameRepository = (a: string, b: string): boolean => short(a) === short(b)

/** Whether two references are the same repository and tag, digests aside; a reference without a tag means `latest`. */
export const sameTag = (a: string, b: string): boolean => {
  const [one, other] = [partsOf(a), partsOf(b)]
  return sameRepository(one.repository, other.repository) && (one.tag ?? 'latest') === (other.tag ?? 'latest')
}

const short = (repository: string): string =>
  repository.replace(/^(index\.)?docker\.io\//, '').replace(/^library\//, '')
