import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { download } from '../../../../cluster/tools/download.ts'
import { locationOf } from '../../../../cluster/tools/locations.ts'
import { makeTools } from '../../../../cluster/tools/make-tools.ts'
import { pinned } from '../../../../cluster/tools/versions.ts'
import type { ToolsConfig } from '../../../../core/config/config.ts'
import { makeRun } from '../../../../core/run.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-tools-'))
})
afterEach(() => rm(folder, { recursive: true }))

const run = makeRun()
const machine = { platform: 'linux', arch: 'x64' }
const auto: ToolsConfig = { kind: 'auto', kubectl: 'auto', helm: 'auto' }

/** A program that answers like the real one. */
const program = async (place: string, name: string, script: string): Promise<string> => {
  const path = join(folder, place, name)
  await mkdir(join(folder, place), { recursive: true })
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
  return path
}
const env = (...places: string[]) => ({
  PATH: places.map((place) => join(folder, place)).join(delimiter),
  KINDUP_CACHE: join(folder, 'cache'),
})
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
const kindFolder = () => join(folder, 'cache', 'tools', 'kind', pinned.kind)

describe('downloads', () => {
  const files = new Map<string, Buffer>()
  let asked: string[] = []
  let listener: RequestListener | undefined
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (listener) return listener(request, response)
    const body = files.get(request.url ?? '')
    response.writeHead(body ? 200 : 404).end(body)
  })
  let base = ''
  beforeEach(async () => {
    files.clear()
    asked = []
    listener = undefined
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  const body = Buffer.from('#!/bin/sh\necho kind\n')
  const kindPath = `/v${pinned.kind}/kind-linux-amd64`
  const offerKind = (sum = sha256(body)): void => {
    files.set(kindPath, body)
    files.set(`${kindPath}.sha256sum`, Buffer.from(`${sum}  kind-linux-amd64\n`))
  }
  const tools = (want: Partial<ToolsConfig> = {}) =>
    makeTools({
      want: { kind: 'download', kubectl: 'download', helm: 'download', ...want },
      run,
      env: env('nothing'),
      machine,
      from: { kind: base, kubectl: base, helm: base },
    })

  test('a program whose SHA-256 is the publisher’s is kept and used again', async () => {
    offerKind()
    const path = join(kindFolder(), 'kind')
    expect(await tools().kind()).toEqual({ name: 'kind', path, version: pinned.kind, from: 'download' })
    expect(execFileSync(path, { encoding: 'utf8' })).toBe('kind\n')
    expect(await readdir(kindFolder())).toEqual(['kind'])
    await tools().kind()
    expect(asked).toEqual([`${kindPath}.sha256sum`, kindPath])
  })

  test('auto downloads where the PATH has nothing fit, and an exact version as well', async () => {
    offerKind()
    expect(await tools({ kind: 'auto' }).kind()).toMatchObject({ version: pinned.kind, from: 'download' })
    expect(await tools({ kind: pinned.kind }).kind()).toMatchObject({ version: pinned.kind, from: 'download' })
  })

  test('a wrong checksum is refused and nothing is left', async () => {
    offerKind('0'.repeat(64))
    await expect(tools().kind()).rejects.toMatchObject({
      code: 'checksum-wrong',
      message: expect.stringContaining(sha256(body)) as string,
    })
    expect(await readdir(kindFolder())).toEqual([])
  })

  test('a file that ends in the middle is refused and nothing is left', async () => {
    listener = (request, response) => {
      if (request.url?.endsWith('.sha256sum')) return response.end(`${sha256(body)}  kind`)
      response.writeHead(200, { 'content-length': body.length })
      return response.write(body.subarray(0, 5), () => response.destroy())
    }
    await expect(tools().kind()).rejects.toMatchObject({
      code: 'tool-missing',
      message: expect.stringContaining(`${base}${kindPath} could not be fetched`) as string,
    })
    expect(await readdir(kindFolder())).toEqual([])
  })

  test('a dead line ends the download', async () => {
    listener = (_request, response) => response.writeHead(200).write('abc')
    const location = { url: `${base}/file`, checksumUrl: `${base}/sum` }
    await expect(download(location, join(folder, 'x', 'kind'), { run, stallMs: 50 })).rejects.toThrow(
      'nothing came for 0.05 s',
    )
  })

  test('a version that was never released is said with its address', async () => {
    await expect(tools({ kind: '0.99.0' }).kind()).rejects.toThrow(
      `${base}/v0.99.0/kind-linux-amd64.sha256sum could not be fetched: it answers 404`,
    )
  })

  test('a page in place of the checksum is no checksum', async () => {
    files.set(`${kindPath}.sha256sum`, Buffer.from('<html>log in</html>'))
    await expect(tools().kind()).rejects.toThrow('holds no SHA-256')
  })

  test('a signal stops it', async () => {
    const stop = new AbortController()
    listener = () => stop.abort()
    const location = { url: `${base}/file`, checksumUrl: `${base}/sum` }
    const stopped = download(location, join(folder, 'x', 'kind'), { run, signal: stop.signal })
    await expect(stopped).rejects.toMatchObject({ code: 'stopped' })
    expect(await readdir(join(folder, 'x'))).toEqual([])
  })

  test('two at once end with one program', async () => {
    offerKind()
    const [one, two] = await Promise.all([tools().kind(), tools().kind()])
    expect(one).toEqual(two)
    expect(await readdir(kindFolder())).toEqual(['kind'])
  })

  test('helm is taken out of its archive', async () => {
    await program('linux-amd64', 'helm', 'echo helm')
    execFileSync('tar', ['-czf', 'helm.tgz', 'linux-amd64/helm'], { cwd: folder })
    const archive = await readFile(join(folder, 'helm.tgz'))
    const path = `/helm-v${pinned.helm}-linux-amd64.tar.gz`
    files.set(path, archive)
    files.set(`${path}.sha256sum`, Buffer.from(`${sha256(archive)}  ${path.slice(1)}\n`))
    const helm = await tools().helm()
    expect(execFileSync(helm.path, { encoding: 'utf8' })).toBe('helm\n')
  })

  test('a machine that nobody builds for is said', async () => {
    const odd = makeTools({ want: auto, run, env: env('a'), machine: { platform: 'sunos', arch: 'x64' } })
    await expect(odd.kind()).rejects.toThrow('there is no download for sunos x64')
    expect(existsSync(join(folder, 'cache'))).toBe(false)
  })
})

test('the publishers’ own addresses', () => {
  const mac = { platform: 'darwin', arch: 'arm64' }
  expect(locationOf('kind', '0.33.0', mac)).toEqual({
    url: 'https://kind.sigs.k8s.io/dl/v0.33.0/kind-darwin-arm64',
    checksumUrl: 'https://kind.sigs.k8s.io/dl/v0.33.0/kind-darwin-arm64.sha256sum',
  })
  expect(locationOf('kubectl', '1.36.4', mac)).toEqual({
    url: 'https://dl.k8s.io/release/v1.36.4/bin/darwin/arm64/kubectl',
    checksumUrl: 'https://dl.k8s.io/release/v1.36.4/bin/darwin/arm64/kubectl.sha256',
  })
  expect(locationOf('helm', '4.2.4', mac)).toEqual({
    url: 'https://get.helm.sh/helm-v4.2.4-darwin-arm64.tar.gz',
    checksumUrl: 'https://get.helm.sh/helm-v4.2.4-darwin-arm64.tar.gz.sha256sum',
    inside: 'darwin-arm64/helm',
  })
})
