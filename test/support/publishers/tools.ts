import { sha256 } from '../release-server.ts'
import { file, sendOn, text, type Answer, type Body, type Site } from './answer.ts'

export type Release = {
  readonly tool: 'kind' | 'kubectl' | 'helm'
  readonly version: string
  /** `linux-amd64` */
  readonly build: string
  /** The program; of helm the archive. */
  readonly body: Body
  /** Of the body. */
  readonly sum: string
}

export const release = (tool: Release['tool'], version: string, build: string, body: Buffer): Release => ({
  tool,
  version,
  build,
  body,
  sum: sha256(body),
})

/**
 * The hosts of the tools: kind's own sends on to GitHub's releases and these to where they lie; kubectl's has a
 * network of its own behind it; helm's answers itself. Checksum files stand beside: a line with the name (kind, helm)
 * or the sum alone (kubectl).
 */
export const toolSites = (releases: readonly Release[]): Readonly<Record<string, Site>> => {
  const files = new Map<string, Answer>()
  const put = (host: string, path: string, answer: Answer): void => void files.set(host + path, answer)
  for (const { tool, version, build, body, sum } of releases) {
    const [os = '', arch = ''] = build.split('-')
    if (tool === 'kind') {
      const name = `kind-${build}`
      for (const [ending, answer] of [
        ['', file(body)],
        ['.sha256sum', text(`${sum}  ${name}\n`)],
      ] as const) {
        const released = `/kubernetes-sigs/kind/releases/download/v${version}/${name}${ending}`
        const asset = `/github-production-release-asset/${version}/${name}${ending}`
        put('kind.sigs.k8s.io', `/dl/v${version}/${name}${ending}`, sendOn(`https://github.com${released}`))
        put('github.com', released, sendOn(`https://release-assets.githubusercontent.com${asset}?sig=1`))
        put('release-assets.githubusercontent.com', asset, answer)
      }
    }
    if (tool === 'kubectl') {
      const path = `/release/v${version}/bin/${os}/${arch}/kubectl`
      for (const [ending, answer] of [
        ['', file(body)],
        ['.sha256', text(sum)],
      ] as const) {
        put('dl.k8s.io', path + ending, sendOn(`https://cdn.dl.k8s.io${path}${ending}`))
        put('cdn.dl.k8s.io', path + ending, answer)
      }
    }
    if (tool === 'helm') {
      const name = `helm-v${version}-${build}.tar.gz`
      put('get.helm.sh', `/${name}`, file(body))
      put('get.helm.sh', `/${name}.sha256sum`, text(`${sum}  ${name}\n`))
    }
  }
  const site: Site = ({ host, path }) => files.get(host + path)
  const hosts = [
    'kind.sigs.k8s.io',
    'github.com',
    'release-assets.githubusercontent.com',
    'dl.k8s.io',
    'cdn.dl.k8s.io',
    'get.helm.sh',
  ]
  return Object.fromEntries(hosts.map((host) => [host, site]))
}
