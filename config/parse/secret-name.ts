const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

/** Whether a text is `namespace/name` of a Secret, or the name alone where that may be. */
export const isSecretName = (text: string, whole = false): boolean => {
  const parts = text.split('/')
  const [namespace, name] = parts.length === 1 && !whole ? [undefined, parts[0]] : parts
  if (parts.length > 2 || name === undefined) return false
  if (namespace !== undefined && (!label.test(namespace) || namespace.length > 63)) return false
  return subdomain.test(name) && name.length <= 253
}
