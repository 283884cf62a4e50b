import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { appendFile, mkdir, readFile, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { download } from '../../../../cluster/tools/download.ts'
import { findTool, makeTools } from '../../../../cluster/tools/make-tools.ts'
import { pinned } from '../../../../cluster/tools/versions.ts'
import type { ToolsConfig } from '../../../../config/config.ts'
import { makeRun } from '../../../../core/run.ts'
import { programs, type Programs } from '../../../support/programs.ts'
import { releaseServer, sha256, type ReleaseServer } from '../../../support/release-server.ts'

let at: Programs
let server: ReleaseServer
beforeEach(async () => {
  at = await programs()
  server = await releaseServer()
})
afterEach(async () => {
  await server[Symbol.asyncDispose]()
  await at[Symbol.asyncDispose]()
})

const run = makeRun()
const machine = { platform: 'linux', arch: 'x64' }
const auto: ToolsConfig = { kind: 'auto', kubectl: 'auto', helm: 'auto' }
const body = Buffer.from('#!/bin/sh\necho kind\n')
const kindPath = `/kind.sigs.k8s.io/dl/v${pinned.kind}/kind-linux-amd64`
const kindFile = () => at.path('cache', 'tools', 'kind', pinned.kind, 'kind')
const kindFolder = () => readdir(join(kindFile(), '..')).then((names) => names.toSorted())
const whole = ['kind', 'kind-linux-amd64.sha256sum', 'kind.origin.json']

const optionsFor = (want: Partial<ToolsConfig> = {}) => ({
  want: { kind: 'download', kubectl: 'download', helm: 'download', ...want },
  run,
  env: { ...at.env('nothing'), KINDUP_TOOLS_MIRROR: server.base },
  machine,
  pauseMs: 1,
})
const tools = (want: Partial<ToolsConfig> = {}) => makeTools(optionsFor(want))

describe('a program', () => {
  test('whose SHA-256 is the publisher’s is kept and used again without a network', async () => {
    server.release(kindPath, body)
    expect(await tools().kind()).toEqual({ name: 'kind', path: kindFile(), version: pinned.kind, from: 'download' })
    expect(execFileSync(kindFile(), { encoding: 'utf8' })).toBe('kind\n')
    expect(await kindFolder()).toEqual(whole)
    expect(await tools().kind()).toMatchObject({ path: kindFile(), from: 'cache' })
    expect(server.asked).toEqual([`${kindPath}.sha256sum`, kindPath])
  })

  test('is downloaded by auto where the PATH has nothing fit, and for an exact version', async () => {
    server.release(kindPath, body)
    expect(await tools({ kind: 'auto' }).kind()).toMatchObject({ version: pinned.kind, from: 'download' })
    server.release(kindPath.replace(pinned.kind, '0.30.0'), body)
    expect(await tools({ kind: '0.30.0' }).kind()).toMatchObject({ version: '0.30.0', from: 'download' })
  })

  test('with a wrong checksum is refused, and nothing is left', async () => {
    server.release(kindPath, body, { sum: '0'.repeat(64) })
    await expect(tools().kind()).rejects.toMatchObject({
      code: 'checksum-wrong',
      message: expect.stringContaining(
        `its SHA-256 is ${sha256(body)}, not ${'0'.repeat(64)}. It was deleted`,
      ) as string,
    })
    expect(await kindFolder()).toEqual([])
    expect(server.asked.filter((path) => path === kindPath)).toHaveLength(1)
  })

  test('is held to the sum that kindup knows, whatever the publisher’s file says', async () => {
    server.release('/file', body)
    const location = { url: `${server.base}/file`, checksumUrl: `${server.base}/file.sha256sum`, build: 'linux-amd64' }
    const wanted = { what: 'kind 1', location, target: at.path('x', 'kind'), sha256: '1'.repeat(64) }
    await expect(download(wanted, { env: {} })).rejects.toMatchObject({ code: 'checksum-wrong' })
    await download({ ...wanted, sha256: sha256(body) }, { env: {} })
    expect(server.asked).toEqual(['/file', '/file'])
  })

  test('that was changed in the cache is not used: by its size at once, by its bytes when they are all read', async () => {
    server.release(kindPath, body)
    await tools().kind()
    const { mtime } = await stat(kindFile())
    await writeFile(kindFile(), body.toString().replace('kind', 'evil'))
    expect(await findTool('kind', optionsFor())).toMatchObject({
      reasons: [`${kindFile()} is not as it was downloaded`],
    })
    await utimes(kindFile(), mtime, mtime)
    expect(await findTool('kind', { ...optionsFor(), whole: true })).not.toHaveProperty('tool')
    await appendFile(kindFile(), 'more')
    await utimes(kindFile(), mtime, mtime)
    expect(await tools().kind()).toMatchObject({ from: 'download' })
    expect(await readFile(kindFile())).toEqual(body)
  })

  test('that was copied with the cache is used, and one that just lies there is not', async () => {
    server.release(kindPath, body)
    await tools().kind()
    await utimes(kindFile(), 1, 1)
    expect(await tools().kind()).toMatchObject({ from: 'cache' })
    await rm(`${kindFile()}.origin.json`)
    expect(await findTool('kind', optionsFor())).toMatchObject({
      reasons: [`nothing tells where ${kindFile()} came from`],
    })
  })

  test('that is gone is brought again without asking for its sum; a sum that is wrong by now is asked for', async () => {
    server.release(kindPath, body)
    await tools().kind()
    await rm(kindFile())
    await tools().kind()
    expect(server.asked.slice(2)).toEqual([kindPath])
    await rm(kindFile())
    await writeFile(`${kindFile()}-linux-amd64.sha256sum`, `${'0'.repeat(64)}  kind-linux-amd64\n`)
    await tools().kind()
    expect(server.asked.slice(3)).toEqual([kindPath, `${kindPath}.sha256sum`, kindPath])
  })
})

describe('a line that', () => {
  const cutAt = (bytes: number, times: number) =>
    server.instead(kindPath, (request, response, count) => {
      const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
      const rest = body.subarray(start)
      response.writeHead(start > 0 ? 206 : 200, {
        'content-length': rest.length,
        ...(start > 0 ? { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` } : {}),
      })
      if (count >= times) response.end(rest)
      else void breakAfter(response, rest.subarray(0, bytes), start + bytes)
    })
  /** Breaks off once the bytes are on the client's disk: what is still on its way is lost with the line. */
  const breakAfter = async (response: ServerResponse, bytes: Buffer, size: number): Promise<void> => {
    response.write(bytes)
    try {
      await expect.poll(() => stat(`${kindFile()}.part`).then((seen) => seen.size, String), { interval: 5 }).toBe(size)
    } finally {
      response.destroy()
    }
  }

  test('breaks is gone on with where it broke', async () => {
    server.release(kindPath, body)
    cutAt(5, 2)
    await tools().kind()
    expect(server.asked.slice(1)).toEqual([kindPath, `${kindPath} bytes=5-`, `${kindPath} bytes=10-`])
    expect(await readFile(kindFile())).toEqual(body)
    expect(await kindFolder()).toEqual(whole)
  })

  test('brings nothing any more ends after three tries, and the next run goes on from there', async () => {
    server.release(kindPath, body)
    server.instead(kindPath, (request, response) => {
      if (request.headers.range !== undefined) return response.destroy()
      response.writeHead(200, { 'content-length': body.length })
      void breakAfter(response, body.subarray(0, 5), 5)
      return undefined
    })
    await expect(tools().kind()).rejects.toMatchObject({
      code: 'tool-missing',
      message: expect.stringMatching(/kind-linux-amd64 could not be fetched: .*\(tried 4 times\)/) as string,
    })
    server.asked.length = 0
    cutAt(0, 0)
    await tools().kind()
    expect(server.asked).toEqual([`${kindPath} bytes=5-`])
  })

  test('goes on with the middle of another file begins again', async () => {
    server.release(kindPath, body)
    await mkdir(join(kindFile(), '..'), { recursive: true })
    await writeFile(`${kindFile()}.part`, 'other')
    await tools().kind()
    expect(server.asked.slice(1)).toEqual([`${kindPath} bytes=5-`, kindPath])
    expect(await readFile(kindFile())).toEqual(body)
  })

  test('has less than what is here begins again', async () => {
    server.release(kindPath, body)
    await mkdir(join(kindFile(), '..'), { recursive: true })
    await writeFile(`${kindFile()}.part`, 'x'.repeat(100))
    await tools().kind()
    expect(server.asked.slice(1)).toEqual([`${kindPath} bytes=100-`, kindPath])
  })

  test('goes on somewhere else than it was asked to begins again', async () => {
    server.release(kindPath, body)
    server.instead(kindPath, (request, response) =>
      request.headers.range === undefined
        ? response.end(body)
        : response
            .writeHead(206, { 'content-range': `bytes 2-${body.length - 1}/${body.length}` })
            .end(body.subarray(2)),
    )
    await mkdir(join(kindFile(), '..'), { recursive: true })
    await writeFile(`${kindFile()}.part`, body.subarray(0, 5))
    await tools().kind()
    expect(server.asked.slice(1)).toEqual([`${kindPath} bytes=5-`, kindPath])
  })

  test('has all of it here already brings nothing', async () => {
    server.release(kindPath, body)
    await mkdir(join(kindFile(), '..'), { recursive: true })
    await writeFile(`${kindFile()}.part`, body)
    await tools().kind()
    expect(server.asked.slice(1)).toEqual([`${kindPath} bytes=${body.length}-`])
  })

  test('takes no ranges sends all of it again', async () => {
    server.release(kindPath, body)
    server.instead(kindPath, (_request, response, count) => {
      response.writeHead(200, { 'content-length': body.length })
      if (count > 0) response.end(body)
      else response.write(body.subarray(0, 5), () => response.destroy())
    })
    await tools().kind()
    expect(await readFile(kindFile())).toEqual(body)
  })

  test('stalls ends', async () => {
    server.release(kindPath, body)
    server.instead(kindPath, (_request, response) => void response.writeHead(200).write('abc'))
    const stalled = makeTools({ ...optionsFor(), stallMs: 1_000 }).kind()
    await expect(stalled).rejects.toThrow(
      /kind-linux-amd64 could not be fetched: nothing came for 1 s \(tried \d times\)/,
    )
  })

  test('is slow is no line that stalls', async () => {
    server.release(kindPath, body)
    server.instead(kindPath, (_request, response) => {
      response.writeHead(200, { 'content-length': body.length })
      let sent = 0
      const drip = setInterval(() => {
        response.write(body.subarray(sent, (sent += Math.ceil(body.length / 10))))
        if (sent >= body.length) clearInterval(drip)
      }, 300)
    })
    await makeTools({ ...optionsFor(), stallMs: 2_500 }).kind()
    expect(server.asked).toEqual([`${kindPath}.sha256sum`, kindPath])
  })

  test('leads through a proxy that is not there is said with its name, unless NO_PROXY leads past it', async () => {
    server.release(kindPath, body)
    const env = { ...optionsFor().env, HTTP_PROXY: 'http://me:secret@127.0.0.1:1' }
    const asked = makeTools({ ...optionsFor(), env }).kind()
    await expect(asked).rejects.toThrow('(with the proxy http://127.0.0.1:1 set): this machine is offline')
    expect(await makeTools({ ...optionsFor(), env: { ...env, NO_PROXY: '127.0.0.1' } }).kind()).toMatchObject({
      from: 'download',
    })
  })

  test('is asked again when it says, and not before', async () => {
    server.release(kindPath, body)
    let [refused, answered] = [0, 0]
    server.instead(`${kindPath}.sha256sum`, (_request, response, count) => {
      if (count === 0) refused = performance.now()
      else answered = performance.now()
      return count === 0 ? response.writeHead(429, { 'retry-after': '1' }).end() : response.end(`${sha256(body)}\n`)
    })
    await tools().kind()
    expect(answered - refused).toBeGreaterThan(990)
  })

  test('is overloaded is asked again, and what is not there is not', async () => {
    server.release(kindPath, body)
    server.instead(`${kindPath}.sha256sum`, (_request, response, count) =>
      // kind's publisher is three servers, one behind the other.
      count < 3 ? response.writeHead(503).end() : response.end(`${sha256(body)}\n`),
    )
    expect(await tools().kind()).toMatchObject({ from: 'download' })
    await expect(tools({ kind: '0.99.0' }).kind()).rejects.toMatchObject({
      message: expect.stringContaining(
        'v0.99.0/kind-linux-amd64.sha256sum could not be fetched: it answers 404',
      ) as string,
      hints: expect.arrayContaining(['Was this version released, and for this machine?']) as string[],
    })
    expect(server.asked.filter((path) => path.includes('0.99.0'))).toHaveLength(1)
  })

  test('sends on is followed, and in a circle it is not', async () => {
    server.release(kindPath, body)
    server.put('/elsewhere', body)
    server.instead(kindPath, (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end())
    expect(await tools().kind()).toMatchObject({ from: 'download' })
    await rm(kindFile())
    server.instead('/elsewhere', (_request, response) => response.writeHead(302, { location: kindPath }).end())
    await expect(tools().kind()).rejects.toThrow('redirect count exceeded')
  })

  test('answers with a page in place of the checksum is no line', async () => {
    server.put(`${kindPath}.sha256sum`, '<html>log in</html>')
    await expect(tools().kind()).rejects.toMatchObject({
      message: expect.stringContaining('holds no SHA-256 of kind-linux-amd64') as string,
      hints: expect.arrayContaining([expect.stringContaining('wants a login')]) as string[],
    })
  })

  test('is not there is said as what it is, with every way out', async () => {
    await server[Symbol.asyncDispose]()
    await expect(tools({ kind: 'auto' }).kind()).rejects.toMatchObject({
      code: 'tool-missing',
      message: expect.stringContaining('this machine is offline, or cannot reach it (ECONNREFUSED)') as string,
      hints: [
        expect.stringContaining('Install kind 0.24.0 or newer'),
        expect.stringContaining('HTTPS_PROXY='),
        expect.stringContaining('KINDUP_TOOLS_MIRROR='),
        expect.stringContaining(`kindup tools --download\` where there is one, and copy ${at.path('cache', 'tools')}`),
        expect.stringContaining('tools: { kind: path }'),
      ],
    })
    server = await releaseServer()
  })
})

describe('whoever waits', () => {
  test('is told how far it is', async () => {
    server.release(kindPath, Buffer.alloc(3_000_000, 'x'))
    const lines: string[] = []
    await tools().kind({ report: (line) => lines.push(line) })
    expect(lines.at(-1)).toBe(`kind ${pinned.kind}: 100 %, 3.0 of 3.0 MB`)
  })

  test('may stop waiting while the download goes on for others', async () => {
    server.release(kindPath, body)
    const asked = Promise.withResolvers<() => void>()
    server.instead(kindPath, (_request, response) => asked.resolve(() => response.end(body)))
    const { kind } = tools()
    const stop = new AbortController()
    const [impatient, patient] = [kind({ signal: stop.signal }), kind()]
    const answer = await asked.promise
    stop.abort()
    await expect(impatient).rejects.toMatchObject({ code: 'stopped' })
    answer()
    expect(await patient).toMatchObject({ from: 'download' })
  })

  test('is stopped with the run', async () => {
    const stop = new AbortController()
    server.instead(`${kindPath}.sha256sum`, () => stop.abort())
    const stopped = makeTools({ ...optionsFor(), signal: stop.signal }).kind()
    await expect(stopped).rejects.toMatchObject({ code: 'stopped' })
    expect(await kindFolder()).toEqual([])
  })

  test('in two runs at once downloads once', async () => {
    server.release(kindPath, body)
    const [one, two] = await Promise.all([tools().kind(), tools().kind()])
    expect([one.path, two.path]).toEqual([kindFile(), kindFile()])
    expect(server.asked).toEqual([`${kindPath}.sha256sum`, kindPath])
    expect(await kindFolder()).toEqual(whole)
  })

  test('has it begun before, where it is nowhere on this machine', async () => {
    server.release(kindPath, body)
    const early = tools({ kind: 'auto' })
    early.prefetch('kind')
    await expect.poll(() => existsSync(kindFile())).toBe(true)
    await early.kind()
    expect(server.asked).toHaveLength(2)
  })

  test('is not bothered by what is fetched before: no program is started, and what fails is said when it is needed', async () => {
    await at.program('a', 'kind', `echo >> ${at.path('asked')}; echo kind v0.33.0`)
    const onPath = makeTools({ ...optionsFor({ kind: 'auto' }), env: at.env('a') })
    onPath.prefetch('kind')
    await onPath.kind()
    expect(await readFile(at.path('asked'), 'utf8')).toBe('\n')
    const failing = tools()
    failing.prefetch('kind')
    await expect.poll(() => server.asked.length).toBe(1)
    await expect(failing.kind()).rejects.toThrow('it answers 404')
  })

  test('is tried again by the next round of a watch, and not by each step of one', async () => {
    const failing = tools()
    await expect(failing.kind()).rejects.toThrow('it answers 404')
    const asked = server.asked.length
    server.release(kindPath, body)
    await expect(failing.kind()).rejects.toThrow('it answers 404')
    expect(server.asked).toHaveLength(asked)
    failing.forgetFailures()
    expect((await failing.kind()).path).toBe(kindFile())
  })
})

describe('a cache that', () => {
  const isLinux = process.platform === 'linux'

  test.runIf(isLinux)('is full is said, and nothing is left in it', async () => {
    server.release(kindPath, body)
    await mkdir(join(kindFile(), '..'), { recursive: true })
    // The device that is always full.
    await symlink('/dev/full', `${kindFile()}.part`)
    await expect(tools().kind()).rejects.toMatchObject({
      code: 'tool-missing',
      message: expect.stringMatching(/has no room left \(\S+ \S+ free\)/) as string,
      hints: expect.arrayContaining([expect.stringContaining('KINDUP_CACHE=')]) as string[],
    })
    expect(await kindFolder()).toEqual(['kind-linux-amd64.sha256sum'])
  })

  test.runIf(isLinux)('gives no write permission is said', async () => {
    server.release(kindPath, body)
    const options = { ...optionsFor(), env: { ...optionsFor().env, KINDUP_CACHE: '/sys/kindup' } }
    await expect(makeTools(options).kind()).rejects.toThrow(
      /The cache \/sys\/kindup\/tools\/kind\/\S+ (gives no write permission|is read-only) \(E\w+\)/,
    )
  })

  test('is a file is said', async () => {
    await writeFile(at.path('cache'), '')
    await expect(tools().kind()).rejects.toThrow('is not a folder all the way (ENOTDIR)')
  })
})

describe('an archive', () => {
  test('gives helm for linux and macOS', async () => {
    await at.program('linux-amd64', 'helm', 'echo helm')
    await writeFile(at.path('linux-amd64', 'LICENSE'), 'x'.repeat(2000))
    execFileSync('tar', ['-czf', 'helm.tgz', 'linux-amd64'], { cwd: at.folder })
    const path = `/get.helm.sh/helm-v${pinned.helm}-linux-amd64.tar.gz`
    server.release(path, await readFile(at.path('helm.tgz')))
    const helm = await tools().helm()
    expect(execFileSync(helm.path, { encoding: 'utf8' })).toBe('helm\n')
    expect(await tools().helm()).toEqual({ ...helm, from: 'cache' })
    expect((await readdir(join(helm.path, '..'))).toSorted()).toEqual([
      'helm',
      `helm-v${pinned.helm}-linux-amd64.tar.gz.sha256sum`,
      'helm.origin.json',
    ])
  })

  test('without the program is said', async () => {
    await at.program('other', 'helm', 'echo helm')
    execFileSync('tar', ['-czf', 'helm.tgz', 'other'], { cwd: at.folder })
    server.release(`/get.helm.sh/helm-v${pinned.helm}-linux-amd64.tar.gz`, await readFile(at.path('helm.tgz')))
    await expect(tools().helm()).rejects.toThrow('The archive holds no linux-amd64/helm')
  })
})

test('a mirror gets its login, and nobody else sees it', async () => {
  const seen: (string | undefined)[] = []
  server.instead(`${kindPath}.sha256sum`, (request, response) => {
    seen.push(request.headers.authorization)
    response.writeHead(403).end()
  })
  const KINDUP_TOOLS_MIRROR = server.base.replace('//', '//me:s%20ecret@')
  const asked = makeTools({ ...optionsFor(), env: { ...at.env(), KINDUP_TOOLS_MIRROR } }).kind()
  const error = await asked.catch((thrown: unknown) => thrown as Error & { hints: string[] })
  expect(error).toMatchObject({ message: expect.stringContaining(`${server.base}${kindPath}.sha256sum`) as string })
  expect(JSON.stringify(error)).not.toContain('ecret')
  expect(seen).toEqual([`Basic ${Buffer.from('me:s ecret').toString('base64')}`])
})

test('a machine that nobody builds for is said', async () => {
  const odd = makeTools({ want: auto, run, env: at.env('a'), machine: { platform: 'sunos', arch: 'x64' } })
  await expect(odd.kind()).rejects.toThrow('there is no download for sunos x64')
  expect(existsSync(at.path('cache'))).toBe(false)
})
