import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { fetchManifest } from '../../../../manifests/plain/fetched.ts'
import { isFetched, keptAt } from '../../../../manifests/plain/kept.ts'
import { readManifests } from '../../../../manifests/plain/manifests.ts'
import { releaseServer, sha256 } from '../../../support/release-server.ts'
import { tree } from '../../../support/tree.ts'

const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: one\n'
const signal = new AbortController().signal
const at = { file: 'kindup.yaml', line: 3 }

it('is fetched once; without a pin it is said what would pin it', async () => {
  using cache = tree({})
  await using server = await releaseServer()
  server.put('/one.yaml', text)
  const address = `${server.base}/one.yaml`
  const fetching = { cacheFolder: cache.folder, env: {}, signal, at }
  expect(isFetched(address, cache.folder)).toBe(false)
  await fetchManifest(address, fetching)
  await fetchManifest(address, fetching)
  expect(server.asked).toEqual(['/one.yaml'])
  expect(await readFile(keptAt(address, cache.folder), 'utf8')).toBe(text)
  const { documents, problems } = await readManifests([address], cache.folder)
  expect(documents.map(({ object, at: place }) => [object.metadata.name, place.file])).toEqual([['one', address]])
  expect(problems).toEqual([
    expect.objectContaining({
      severity: 'warning',
      hint: expect.stringContaining(`Pin it: ${address}#sha256=${sha256(text)}`),
    }),
  ])
})

it('that is pinned is checked, and needs no word', async () => {
  using cache = tree({})
  await using server = await releaseServer()
  server.put('/one.yaml', text)
  const fetching = { cacheFolder: cache.folder, env: {}, signal, at }
  const pinned = `${server.base}/one.yaml#sha256=${sha256(text)}`
  await fetchManifest(pinned, fetching)
  expect((await readManifests([pinned], cache.folder)).problems).toEqual([])
  const wrong = `${server.base}/one.yaml#sha256=${'0'.repeat(64)}`
  await expect(fetchManifest(wrong, fetching)).rejects.toMatchObject({
    message: expect.stringContaining(`its sha256 is ${sha256(text)}`),
    problems: [{ at }],
  })
  expect(isFetched(wrong, cache.folder)).toBe(false)
})

it('that cannot be had says why, without the login of its address', async () => {
  using cache = tree({})
  await using server = await releaseServer()
  const fetching = { cacheFolder: cache.folder, env: {}, signal, at }
  const fetched = fetchManifest(`${server.base}/gone.yaml`, fetching)
  await expect(fetched).rejects.toMatchObject({ code: 'manifest-unreachable', message: expect.stringContaining('404') })
})
