const name = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/** Why a text is no key of a Kubernetes label; undefined when it is one. */
export const labelKeyTrouble = (key: string): string | undefined => {
  const slash = key.indexOf('/')
  const prefix = slash === -1 ? undefined : key.slice(0, slash)
  const rest = key.slice(slash + 1)
  if (prefix !== undefined && (prefix.length > 253 || !subdomain.test(prefix))) {
    return `the part of ${JSON.stringify(key)} before the slash is no DNS name`
  }
  if (rest.length > 63) return `the key ${JSON.stringify(key)} is longer than 63 characters`
  if (!name.test(rest)) {
    return `the key ${JSON.stringify(key)} may hold letters, digits, "-", "_" and ".", with a letter or digit at both ends`
  }
  return undefined
}

/** Why a text is no value of a Kubernetes label; undefined when it is one. */
export const labelValueTrouble = (value: string): string | undefined => {
  if (value.length > 63) return `the value ${JSON.stringify(value)} is longer than 63 characters`
  if (value !== '' && !name.test(value)) {
    return `the value ${JSON.stringify(value)} may hold letters, digits, "-", "_" and ".", with a letter or digit at both ends`
  }
  return undefined
}

/** Why a text is no host name that a hosts file or an Ingress could have; undefined when it is one. */
export const hostTrouble = (host: string): string | undefined => {
  if (host.length > 253) return 'it is longer than 253 characters'
  if (host.includes('/') || host.includes(':')) return 'write the name alone, without http://, port or path'
  if (host.includes('*')) return 'a hosts file knows no wildcards; write each name'
  if (!subdomain.test(host)) return 'write lower-case letters, digits and dashes, in parts joined by dots'
  return host.split('.').some((part) => part.length > 63) ? 'one of its parts is longer than 63 characters' : undefined
}
