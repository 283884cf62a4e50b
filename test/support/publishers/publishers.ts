import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { selfSigned } from '../api-server/self-signed.ts'
import { send, type Answer, type Asked, type Site } from './answer.ts'
import { chartSites, type Chart } from './charts.ts'
import { registrySites, type Held } from './registry.ts'
import { toolSites, type Release } from './tools.ts'

export type Contents = {
  readonly releases?: readonly Release[]
  readonly charts?: readonly Chart[]
  readonly images?: readonly Held[]
}

/** What becomes of a request instead: an answer, or a connection that breaks after so many bytes. */
type Trouble = (asked: Asked, times: number) => Answer | { readonly cutAt: number } | undefined

export type Publishers = AsyncDisposable & {
  readonly port: number
  /** The authority that the test's world has to trust, as PEM. */
  readonly ca: string
  /** Their names. */
  readonly hosts: readonly string[]
  /** `GET https://kind.sigs.k8s.io/dl/…`, with the range where one was asked for. */
  readonly asked: string[]
  /** Bytes of bodies that were sent so far. */
  readonly bytes: () => number
  /** From now on; `times` counts earlier requests for the same address. */
  readonly trouble: (trouble: Trouble | undefined) => void
}

/** Answers for all publishers of what kindup uses, over TLS, each by its name. */
export const publishers = async (contents: Contents, { host = '127.0.0.1', port = 0 } = {}): Promise<Publishers> => {
  const sites = together([
    toolSites(contents.releases ?? []),
    chartSites(contents.charts ?? []),
    registrySites(contents.images ?? []),
  ])
  sites.set(mirror, mirrorOf(sites))
  const hosts = [...sites.keys()]
  const certificates = selfSigned(hosts)
  const asked: string[] = []
  const counts = new Map<string, number>()
  let trouble: Trouble | undefined
  let bytes = 0
  const server = createServer({ ...certificates.server, ALPNProtocols: ['http/1.1'] }, (request, response) => {
    const url = new URL(request.url ?? '/', `https://${request.headers.host}`)
    const { method = 'GET', headers } = request
    const one: Asked = { method, host: url.hostname, path: url.pathname, query: url.searchParams, headers }
    const line = `${method} https://${url.hostname}${url.pathname}`
    asked.push(headers.range === undefined ? line : `${line} ${headers.range}`)
    const times = counts.get(line) ?? 0
    counts.set(line, times + 1)
    const instead = trouble?.(one, times)
    const answer = instead && 'status' in instead ? instead : (sites.get(url.hostname)?.(one) ?? { status: 404 })
    bytes += send(answer, one, response, instead && 'cutAt' in instead ? instead.cutAt : undefined)
  })
  await new Promise<void>((resolve) => server.listen(port, host, resolve))
  return {
    port: (server.address() as AddressInfo).port,
    ca: certificates.ca,
    hosts,
    asked,
    bytes: () => bytes,
    trouble: (one) => {
      trouble = one
      counts.clear()
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A mirror of all of them: `https://mirror.example/tools/HOST/PATH`. */
const mirror = 'mirror.example'

/** It holds the files themselves, wherever their publishers send on to. */
const mirrorOf =
  (sites: ReadonlyMap<string, Site>): Site =>
  (asked) => {
    let [, host = '', path = ''] = /^\/tools\/([^/]+)(\/.*)$/.exec(asked.path) ?? []
    for (;;) {
      const answer = sites.get(host)?.({ ...asked, host, path })
      const location = answer?.headers?.['location']
      if (location === undefined) return answer
      const next = new URL(location)
      host = next.host
      path = next.pathname
    }
  }

/** One host may be several publishers': GitHub. */
const together = (all: readonly Readonly<Record<string, Site>>[]): Map<string, Site> => {
  const sites = new Map<string, Site>()
  for (const [host, site] of all.flatMap((each) => Object.entries(each))) {
    const before = sites.get(host)
    sites.set(host, before ? (asked) => before(asked) ?? site(asked) : site)
  }
  return sites
}
