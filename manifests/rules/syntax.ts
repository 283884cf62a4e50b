// The forms of names that Kubernetes knows: k8s.io/apimachinery pkg/util/validation.

/** Why a text is no such name, as the end of a sentence; undefined when it is one. */
export type Syntax = (text: string) => string | undefined

const form =
  (pattern: RegExp, longest: number, what: string): Syntax =>
  (text) =>
    text.length > longest
      ? `has ${text.length} characters where at most ${longest} belong`
      : pattern.test(text)
        ? undefined
        : `is ${JSON.stringify(text)}, and takes ${what}`

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'

/** DNS-1123. */
export const dnsLabel = form(
  new RegExp(`^${label}$`),
  63,
  'small letters, digits and dashes, with a letter or digit at both ends',
)

export const dnsSubdomain = form(
  new RegExp(`^${label}(\\.${label})*$`),
  253,
  'small letters, digits, dashes and dots, with a letter or digit at both ends',
)

/** DNS-1035: Services, before Kubernetes 1.36. */
export const dnsLabelOfLetters = form(
  /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  63,
  'small letters, digits and dashes, with a letter at the beginning and no dash at the end',
)

/** A part of a path: names of roles. */
export const pathSegment: Syntax = (text) =>
  text === '.' || text === '..' || /[/%]/.test(text)
    ? `is ${JSON.stringify(text)}, and takes no slash and no percent sign`
    : undefined

/** IANA_SVC_NAME: ports of containers. */
export const portName: Syntax = (text) =>
  text.length > 15
    ? `is ${JSON.stringify(text)}, ${text.length} characters where at most 15 belong`
    : /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text) && /[a-z]/.test(text)
      ? undefined
      : `is ${JSON.stringify(text)}, and takes small letters, digits and single dashes, at least one letter among them`

const qualified = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/

/** Keys of labels and annotations: `app`, `example.io/app`. */
export const qualifiedName: Syntax = (text) => {
  const [name = '', prefix, ...more] = text.split('/').toReversed()
  if (more.length > 0) return `is ${JSON.stringify(text)}, and takes one slash at most`
  if (prefix !== undefined && dnsSubdomain(prefix) !== undefined)
    return `is ${JSON.stringify(text)}, whose part before the slash is no domain name`
  return form(qualified, 63, 'letters, digits, dashes, dots and underscores, with a letter or digit at both ends')(name)
}

export const labelValue: Syntax = (text) =>
  text === ''
    ? undefined
    : form(qualified, 63, 'letters, digits, dashes, dots and underscores, with a letter or digit at both ends')(text)

/** Keys of ConfigMaps and Secrets. */
export const configKey: Syntax = (text) =>
  text === '.' || text === '..'
    ? `is ${JSON.stringify(text)}`
    : form(/^[-._a-zA-Z0-9]+$/, 253, 'letters, digits, dashes, dots and underscores')(text)
