import type { RemoteAddress } from '../remote-address.ts'
import type { Refusal } from '../source/fetched.ts'
import { parseRemote } from './address.ts'

const example = 'For example: include: [github.com/org/repo//base.yaml@v1]'
const knownHost = /^(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org|raw\.githubusercontent\.com)\//i

/**
 * The address that an `include` means, where that is no path of this machine; or why it is none. Without a scheme a name
 * with a dot is a folder, unless the host is one of those that everybody knows, or `//`, `@` or `?` stand behind it.
 */
export const farInclude = (text: string): RemoteAddress | Refusal | undefined => {
  const address = parseRemote(text)
  if (typeof address === 'string') return { message: address, hint: example }
  const isMeant = /^(?:git::|[a-z][\w+.-]*:|[\w.-]+@)/i.test(text) || knownHost.test(text) || /\/\/|[@?]/.test(text)
  if (address && isMeant)
    return address.path === '' && /\.ya?ml$/i.test(address.url)
      ? { message: 'files are included from git repositories, and this is a single one of the web', hint: example }
      : address
  if (/^(?:[a-z][\w+.-]*:\/\/|oci:)/i.test(text))
    return { message: 'files are included from here and from git repositories', hint: example }
  return undefined
}
