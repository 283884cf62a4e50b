import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format } from 'oxfmt'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { locationOf } from '../../../cluster/tools/locations.ts'
import { pins } from '../../../cluster/tools/pins.ts'
import type { ToolName } from '../../../config/config.ts'
import { readPins, withPins } from '../../../scripts/refresh-tool-pins.ts'
import { releaseServer, sha256, type ReleaseServer } from '../../support/release-server.ts'

let server: ReleaseServer
beforeEach(async () => {
  server = await releaseServer()
})
afterEach(() => server[Symbol.asyncDispose]())

const builds = ['linux-amd64', 'linux-arm64', 'darwin-amd64', 'darwin-arm64', 'windows-amd64', 'windows-arm64']
const options = () => ({ env: { KINDUP_TOOLS_MIRROR: server.base }, pauseMs: 1 })

/** Puts the checksum files of a version there, each with a sum of its own. */
const publish = (name: ToolName, version: string, without: readonly string[] = []): void => {
  for (const platform of ['linux', 'darwin', 'win32'])
    for (const arch of ['x64', 'arm64']) {
      const location = locationOf(name, version, { platform, arch })
      if (!location || without.includes(location.build)) continue
      const path = location.checksumUrl.replace('https:/', '')
      server.put(path, `${sumOf(name, version, location.build)}\n`)
    }
}
const sumOf = (name: string, version: string, build: string): string => sha256(`${name} ${version} ${build}`)
const sumsOf = (name: string, version: string) =>
  Object.fromEntries(builds.map((build) => [build, sumOf(name, version, build)]))
const publishAll = (): void => {
  publish('kind', '1.2.3')
  publish('kubectl', '1.36.9')
  publish('helm', '4.9.0')
}
const versions = { kind: '1.2.3', kubectl: 'v1.36.9', helm: '4.9.0' }

test('sums are read in the publishers’ files, for every machine', async () => {
  publishAll()
  expect(await readPins({ versions }, options())).toEqual({
    kind: { version: '1.2.3', sha256: sumsOf('kind', '1.2.3') },
    kubectl: { version: '1.36.9', sha256: sumsOf('kubectl', '1.36.9') },
    helm: { version: '4.9.0', sha256: sumsOf('helm', '4.9.0') },
  })
})

test('versions that nobody names stay as they are', async () => {
  for (const name of ['kind', 'kubectl', 'helm'] as const) publish(name, pins[name].version)
  const read = await readPins({}, options())
  expect(Object.values(read).map(({ version }) => version)).toEqual(Object.values(pins).map(({ version }) => version))
})

test('the newest are asked for: kubectl within its minor version, helm within its major one', async () => {
  publishAll()
  server.put('/dl.k8s.io/release/stable-1.36.txt', 'v1.36.9')
  server.put('/get.helm.sh/helm4-latest-version', 'v4.9.0\n')
  server.put('/github.com/kubernetes-sigs/kind/releases/tag/v1.2.3', '<html>')
  server.instead('/github.com/kubernetes-sigs/kind/releases/latest', (_request, response) =>
    response.writeHead(302, { location: '/github.com/kubernetes-sigs/kind/releases/tag/v1.2.3' }).end(),
  )
  const from = { ...pins, kubectl: { version: '1.36.0', sha256: {} }, helm: { version: '4.0.0', sha256: {} } }
  const read = await readPins({ latest: true, from }, options())
  expect(Object.values(read).map(({ version }) => version)).toEqual(['1.2.3', '1.36.9', '4.9.0'])
})

test('one sum that is not there, or is none, refuses all', async () => {
  publishAll()
  publish('helm', '4.9.1', ['windows-arm64'])
  await expect(readPins({ versions: { ...versions, helm: '4.9.1' } }, options())).rejects.toThrow(
    'helm-v4.9.1-windows-arm64.zip.sha256sum could not be fetched: it answers 404',
  )
  server.put('/kind.sigs.k8s.io/dl/v1.2.3/kind-linux-amd64.sha256sum', 'log in first')
  await expect(readPins({ versions }, options())).rejects.toThrow('holds no SHA-256')
})

test('the file is written as it is formatted, and read again it holds the pins', async () => {
  publishAll()
  const read = await readPins({ versions }, options())
  const root = join(import.meta.dirname, '..', '..', '..')
  const text = await readFile(join(root, 'cluster', 'tools', 'pins.ts'), 'utf8')
  const style = JSON.parse(await readFile(join(root, '.oxfmtrc.json'), 'utf8')) as Parameters<typeof format>[2]
  for (const written of [withPins(text, read), withPins(text, pins)]) {
    expect((await format('pins.ts', written, style)).code).toBe(written)
    expect(withPins(written, pins)).toBe(withPins(text, pins))
  }
  const source = withPins(text, read).replace(/^import .*$/m, '')
  const made = (await import(`data:text/javascript,${encodeURIComponent(stripped(source))}`)) as { pins: unknown }
  expect(made.pins).toEqual(read)
})

/** What is left of pins.ts without its types. */
const stripped = (source: string): string =>
  source.replace(/^export type .*$/m, '').replace(/pins: .*> = \{/, 'pins = {')
