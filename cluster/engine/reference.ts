/**
 * An image reference in full, as containerd and the kubelet name it: `web` → `docker.io/library/web:latest`.
 * With a digest the tag is dropped, as the digest alone decides.
 */
export const qualified = (ref: string): string => {
  const [named = '', digest] = ref.split('@')
  const slash = named.lastIndexOf('/')
  const colon = named.indexOf(':', slash + 1)
  const path = colon < 0 ? named : named.slice(0, colon)
  const tag = colon < 0 ? 'latest' : named.slice(colon + 1)
  const first = path.split('/')[0] ?? ''
  const hasHost = path.includes('/') && (first.includes('.') || first.includes(':') || first === 'localhost')
  const host = hasHost ? first.replace(/^index\.docker\.io$/, 'docker.io') : 'docker.io'
  const rest = hasHost ? path.slice(first.length + 1) : path
  const repository = host === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest
  return `${host}/${repository}${digest === undefined ? `:${tag}` : `@${digest}`}`
}
