import type { ToolName } from '../../config/config.ts'
import { ConfigError } from '../../core/errors.ts'
import { withoutLogin } from '../../core/mask/without-login.ts'

/** Where a release lies: the file, and the publisher's own SHA-256 of it. */
export type Location = {
  readonly url: string
  readonly checksumUrl: string
  /** The publishers' name of the machine: `linux-amd64`. */
  readonly build: string
  /** The program's path inside, where the file is an archive (.tar.gz or .zip). */
  readonly inside?: string
}

export type Machine = { readonly platform: string; readonly arch: string }

type Env = Readonly<Record<string, string | undefined>>

/** The publishers' own hosts. */
export const publishers: Readonly<Record<ToolName, string>> = {
  kind: 'https://kind.sigs.k8s.io/dl',
  kubectl: 'https://dl.k8s.io/release',
  helm: 'https://get.helm.sh',
}

/**
 * An address of a publisher, or what stands for it below KINDUP_TOOLS_MIRROR: the publishers' hosts are folders there.
 * An environment variable and no key of the file: a file from elsewhere must not choose whose programs run here.
 */
export const mirrored = (url: string, env: Env): string => {
  const mirror = mirrorOf(env)
  return mirror === undefined ? url : `${mirror.base}/${url.replace(/^https:\/\//, '')}`
}

export type Mirror = {
  /** Without a login, and without a slash at its end. */
  readonly base: string
  /** The header that logs in, where the address holds a login: the address goes into messages, this does not. */
  readonly authorization?: string
}

/** Throws ConfigError on what is no http or https address. */
export const mirrorOf = (env: Env): Mirror | undefined => {
  const written = env['KINDUP_TOOLS_MIRROR']?.trim()
  if (written === undefined || written === '') return undefined
  if (!/^https?:\/\/[^/]/.test(written) || !URL.canParse(written))
    throw new ConfigError(`KINDUP_TOOLS_MIRROR is ${withoutLogin(written)}, which is no http or https address.`, {
      hints: ['KINDUP_TOOLS_MIRROR=https://mirror.example/tools   # the publishers’ hosts are folders below it'],
    })
  const { username, password } = new URL(written)
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')
  return {
    base: withoutLogin(written).replace(/\/+$/, ''),
    ...(username === '' ? {} : { authorization: `Basic ${login}` }),
  }
}

/** Undefined where the publisher offers nothing for this machine. */
export const locationOf = (
  name: ToolName,
  version: string,
  machine: Machine,
  base: string = publishers[name],
): Location | undefined => {
  const os = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[machine.platform]
  const arch = { x64: 'amd64', arm64: 'arm64' }[machine.arch]
  if (os === undefined || arch === undefined) return undefined
  const build = `${os}-${arch}`
  if (name === 'kind') {
    const url = `${base}/v${version}/kind-${build}`
    return { url, checksumUrl: `${url}.sha256sum`, build }
  }
  const ending = os === 'windows' ? '.exe' : ''
  if (name === 'kubectl') {
    const url = `${base}/v${version}/bin/${os}/${arch}/kubectl${ending}`
    return { url, checksumUrl: `${url}.sha256`, build }
  }
  const url = `${base}/helm-v${version}-${build}.${os === 'windows' ? 'zip' : 'tar.gz'}`
  return { url, checksumUrl: `${url}.sha256sum`, build, inside: `${build}/helm${ending}` }
}
