import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CommandError } from '../../../../core/run.ts'
import { fetchChart } from '../../../../manifests/helm/fetch-chart.ts'
import type { Helm } from '../../../../manifests/helm/helm.ts'
import { fetchedFolder, locateChart } from '../../../../manifests/helm/locate-chart.ts'
import { temporary } from './helms.ts'

const published = { chart: 'argo-cd', repo: 'https://charts.example/argo', version: '1.2.3' }
const touch = async (path: string): Promise<string> => {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, '')
  return path
}

/** A helm that puts an archive where it is told to, or fails. */
const helmThat = (
  cacheFolder: string,
  pulls: string | CommandError,
  before: readonly CommandError[] = [],
): { helm: Helm; calls: string[][] } => {
  const calls: string[][] = []
  const first = [...before]
  return {
    calls,
    helm: {
      env: {},
      cacheFolder,
      path: () => Promise.resolve('helm'),
      major: () => Promise.reject(new Error('not asked for')),
      version: () => Promise.reject(new Error('not asked for')),
      run: async (args) => {
        calls.push([...args])
        if (args[0] !== 'pull') throw new Error(`nobody told what helm ${args.join(' ')} answers`)
        const failure = first.shift()
        if (failure) throw failure
        if (typeof pulls !== 'string') throw pulls
        await writeFile(join(args.at(-1) ?? '', pulls), 'archive')
        return { stdout: '', stderr: '', code: 0 }
      },
    },
  }
}

describe('locateChart', () => {
  it('takes a published chart that was fetched, or put into the cache by hand, and no other version', async () => {
    await using cache = await temporary()
    expect(locateChart(published, cache.folder)).toBeUndefined()
    const byHand = await touch(join(cache.folder, 'charts', 'argo-cd-1.2.3.tgz'))
    expect(locateChart(published, cache.folder)).toEqual({ path: byHand, kind: 'archive' })
    expect(locateChart({ ...published, version: '1.2.4' }, cache.folder)).toBeUndefined()
    const fetched = await touch(join(fetchedFolder(published, cache.folder), 'argo-cd-1.2.3.tgz'))
    expect(locateChart(published, cache.folder)?.path).toBe(fetched)
  })

  it('keeps charts of one name and version from two repositories apart', async () => {
    await using cache = await temporary()
    await touch(join(fetchedFolder(published, cache.folder), 'argo-cd-1.2.3.tgz'))
    expect(locateChart({ ...published, repo: 'https://other.example' }, cache.folder)).toBeUndefined()
  })

  it('takes the newest that a range, or no version, allows', async () => {
    await using cache = await temporary()
    for (const version of ['1.2.3', '1.10.0', '2.0.0'])
      await touch(join(cache.folder, 'charts', `argo-cd-${version}.tgz`))
    const newest = (version?: string) =>
      locateChart({ chart: 'argo-cd', repo: 'https://x', ...(version ? { version } : {}) }, cache.folder)?.path
    expect(newest('^1.0.0')).toMatch(/argo-cd-1\.10\.0\.tgz$/)
    expect(newest()).toMatch(/argo-cd-2\.0\.0\.tgz$/)
  })

  it('knows folders from archives', async () => {
    await using cache = await temporary()
    const archive = await touch(join(cache.folder, 'x.tgz'))
    expect(locateChart({ chart: archive }, cache.folder)).toEqual({ path: archive, kind: 'archive' })
    expect(locateChart({ chart: cache.folder }, cache.folder)?.kind).toBe('folder')
    expect(locateChart({ chart: join(cache.folder, 'none') }, cache.folder)).toBeUndefined()
  })
})

describe('fetchChart', () => {
  const signal = new AbortController().signal

  it('pulls once, from the repository itself, and finds it the next time', async () => {
    await using cache = await temporary()
    const { helm, calls } = helmThat(cache.folder, 'argo-cd-1.2.3.tgz')
    const first = await fetchChart(published, { file: 'f' }, helm, signal)
    expect(await fetchChart(published, { file: 'f' }, helm, signal)).toEqual(first)
    expect(calls).toHaveLength(1)
    expect(calls[0]?.slice(0, -1)).toEqual([
      'pull',
      'argo-cd',
      '--repo',
      published.repo,
      '--version',
      '1.2.3',
      '--destination',
    ])
  })

  const failed = (stderr: string): CommandError =>
    new CommandError('command-failed', 'failed', { command: 'helm pull argo-cd', exitStatus: 1, stdout: '', stderr })

  it.each([
    'Error: looks like "https://charts.example/argo" is not a valid chart repository or cannot be reached: failed to fetch https://charts.example/argo/index.yaml : 503 Service Unavailable',
    'Error: failed to fetch https://github.example/argo-cd-1.2.3.tgz : 429 Too Many Requests',
    'Error: GET "https://registry.example/v2/x/manifests/1": response status code 502: Bad Gateway',
    'Error: read tcp 10.0.0.2:4431->10.0.0.3:443: read: connection reset by peer',
    'Error: unexpected EOF',
    'Error: Get "https://charts.example/argo/index.yaml": EOF',
  ])('asks again after what passes: %s', async (said) => {
    await using cache = await temporary()
    const { helm, calls } = helmThat(cache.folder, 'argo-cd-1.2.3.tgz', [failed(said), failed(said)])
    expect((await fetchChart(published, { file: 'f' }, helm, signal, 1)).kind).toBe('archive')
    expect(calls).toHaveLength(3)
  })

  it.each([
    [
      'a chart that is not there',
      'Error: chart "argo-cd" version "1.2.3" not found in https://charts.example repository',
      1,
    ],
    ['a login that is wanted', 'Error: failed to fetch https://charts.example/argo/index.yaml : 401 Unauthorized', 1],
    [
      'a server that stays busy',
      'Error: failed to fetch https://charts.example/argo/index.yaml : 503 Service Unavailable',
      4,
    ],
  ])('gives up at %s', async (_what, said, times) => {
    await using cache = await temporary()
    const { helm, calls } = helmThat(cache.folder, failed(said))
    await expect(fetchChart(published, { file: 'f' }, helm, signal, 1)).rejects.toThrow('could not be fetched')
    expect(calls).toHaveLength(times)
  })

  it('says what was tried and what else can be done when nobody answers', async () => {
    await using cache = await temporary()
    const { helm } = helmThat(cache.folder, failed('Error: no such host'))
    const failure = fetchChart(published, { file: 'f' }, helm, signal)
    await expect(failure).rejects.toMatchObject({
      code: 'chart-unreachable',
      message: 'The chart argo-cd of https://charts.example/argo 1.2.3 could not be fetched: no such host',
      hints: expect.arrayContaining([
        expect.stringContaining('helm pull argo-cd'),
        expect.stringContaining(join(cache.folder, 'charts', 'argo-cd-1.2.3.tgz')),
        expect.stringContaining('HTTPS_PROXY'),
      ]),
    })
    await expect(fetchChart({ chart: '/none' }, { file: 'f', line: 3 }, helm, signal)).rejects.toMatchObject({
      exitCode: 2,
      problems: [expect.objectContaining({ at: { file: 'f', line: 3 } })],
    })
  })
})
