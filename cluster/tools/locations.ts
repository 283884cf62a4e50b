import type { ToolName } from '../../core/config/config.ts'

/** Where a release lies: the file, and the publisher's own SHA-256 of it. */
export type Location = {
  readonly url: string
  readonly checksumUrl: string
  /** The program's path inside, where the file is an archive. */
  readonly inside?: string
}

export type Machine = { readonly platform: string; readonly arch: string }

/** The publishers' own hosts. */
export const publishers: Readonly<Record<ToolName, string>> = {
  kind: 'https://kind.sigs.k8s.io/dl',
  kubectl: 'https://dl.k8s.io/release',
  helm: 'https://get.helm.sh',
}

/** Undefined where the publisher offers nothing for this machine that can be unpacked here. */
export const locationOf = (
  name: ToolName,
  version: string,
  machine: Machine,
  base: string = publishers[name],
): Location | undefined => {
  const os = { linux: 'linux', darwin: 'darwin', win32: 'windows' }[machine.platform]
  const arch = { x64: 'amd64', arm64: 'arm64' }[machine.arch]
  if (os === undefined || arch === undefined) return undefined
  if (name === 'kind') {
    const url = `${base}/v${version}/kind-${os}-${arch}`
    return { url, checksumUrl: `${url}.sha256sum` }
  }
  if (name === 'kubectl') {
    const url = `${base}/v${version}/bin/${os}/${arch}/kubectl${os === 'windows' ? '.exe' : ''}`
    return { url, checksumUrl: `${url}.sha256` }
  }
  // On Windows helm comes as a zip archive.
  if (os === 'windows') return undefined
  const url = `${base}/helm-v${version}-${os}-${arch}.tar.gz`
  return { url, checksumUrl: `${url}.sha256sum`, inside: `${os}-${arch}/helm` }
}
