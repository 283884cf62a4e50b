const path = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const host = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::\d+)?$/

/** Why no engine takes this as an image reference (the grammar of distribution/reference); undefined: it does. */
export const imageRefTrouble = (ref: string): string | undefined => {
  if (ref.trim() === '') return 'it names no image'
  if (/\s/.test(ref)) return 'it has a space in it'
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(ref)) return 'a reference begins with the registry, without https://'
  const [named = '', digest, ...more] = ref.split('@')
  if (more.length > 0) return 'it has two digests'
  if (digest !== undefined && !/^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/.test(digest))
    return `${JSON.stringify(digest)} is no digest: that is sha256: and 64 hexadecimal digits`
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  const repository = colon < 0 ? named : named.slice(0, colon)
  const tag = colon < 0 ? undefined : named.slice(colon + 1)
  return repositoryTrouble(repository) ?? (tag === undefined ? undefined : tagTrouble(tag))
}

const repositoryTrouble = (repository: string): string | undefined => {
  if (repository === '') return 'it has no repository'
  const parts = repository.split('/')
  const [first = ''] = parts
  const hasHost = parts.length > 1 && (/[.:]/.test(first) || first === 'localhost')
  if (hasHost && !host.test(first)) return `${JSON.stringify(first)} is no host of a registry`
  const names = hasHost ? parts.slice(1) : parts
  if (names.some((name) => name === '')) return 'two slashes follow each other, or one stands at an end'
  if (names.some((name) => /[A-Z]/.test(name))) return 'a repository is written in lower case'
  const wrong = names.find((name) => !path.test(name))
  if (wrong !== undefined) return `${JSON.stringify(wrong)} is no part of a repository`
  return repository.length > 255 ? 'its repository is longer than 255 characters' : undefined
}

const tagTrouble = (tag: string): string | undefined => {
  if (tag === '') return 'its tag is empty'
  if (tag.includes(':')) return 'it has two tags'
  if (tag.length > 128) return 'its tag is longer than 128 characters'
  return /^\w[\w.-]*$/.test(tag)
    ? undefined
    : `the tag ${JSON.stringify(tag)} may hold letters, digits, dots, dashes and underscores`
}
