import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Kube, KubeObject } from '../../../../cluster/kube/kube.ts'
import { makeKube } from '../../../../cluster/kube/make-kube.ts'
import { Refusal } from '../../../support/api-server/refusals.ts'
import { startApiServer } from '../../../support/api-server/start-api-server.ts'
import type { ApiServer } from '../../../support/api-server/start-api-server.ts'

let folder: string
let server: ApiServer
let kube: Kube
let stop: AbortController

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kindup-watch-'))
  server = await startApiServer()
  await writeFile(join(folder, 'kubeconfig'), server.kubeconfig)
  kube = await makeKube({ kubeconfig: join(folder, 'kubeconfig'), context: 'kind-test' })
  stop = new AbortController()
})
afterEach(async () => {
  stop.abort()
  await server.stop()
  await rm(folder, { recursive: true })
})

const put = (name: string, app = 'web', value = '1') =>
  server.state.put({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default', labels: { app } },
    data: { value },
  })
const remove = (name: string) =>
  server.state.remove({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name })
const query = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', labelSelector: 'app=web' }

const follow = () => kube.watch(query, stop.signal)[Symbol.asyncIterator]()
const namesOf = (objects: readonly KubeObject[]) => objects.map(({ metadata }) => metadata.name).toSorted()

/** Reads on until the names are these. */
const until = async (
  live: AsyncIterator<readonly KubeObject[]>,
  names: readonly string[],
): Promise<readonly KubeObject[]> => {
  for (;;) {
    const { value, done } = await live.next()
    if (done) throw new Error(`the watch ended before it showed ${names.join(', ')}`)
    if (namesOf(value).join() === names.join()) return value
  }
}
const watches = () => server.state.requests.filter(({ query: text }) => text.includes('watch=true'))
const lists = () =>
  server.state.requests.filter(({ path, query: text }) => path.endsWith('/configmaps') && !text.includes('watch'))

describe('watch', () => {
  it('yields what is there at once, and the whole again after each change', async () => {
    put('one')
    const live = follow()
    await until(live, ['one'])
    put('two')
    await until(live, ['one', 'two'])
    put('one', 'web', '2')
    const [one] = await until(live, ['one', 'two'])
    expect(one).toMatchObject({ kind: 'ConfigMap', data: { value: '2' } })
    put('two', 'other')
    await until(live, ['one'])
    remove('one')
    await until(live, [])
    expect(lists()).toHaveLength(1)
  })

  it('goes on where it was when it is cut off', async () => {
    put('one')
    const live = follow()
    await until(live, ['one'])
    put('two')
    await until(live, ['one', 'two'])
    server.state.cutConnections()
    put('three')
    await until(live, ['one', 'three', 'two'])
    expect(lists()).toHaveLength(1)
    expect(watches().length).toBeGreaterThan(1)
  })

  it('lists again when the server has forgotten where it was', async () => {
    put('one')
    const live = follow()
    await until(live, ['one'])
    put('two')
    await until(live, ['one', 'two'])
    let away = true
    server.state.intercept(({ query: text }) => (away && text.includes('watch=true') ? 'cut' : undefined))
    server.state.cutConnections()
    remove('one')
    put('three')
    server.state.compact()
    away = false
    await until(live, ['three', 'two'])
    expect(lists()).toHaveLength(2)
  })

  it('ends quietly when it is told to', async () => {
    const live = follow()
    await until(live, [])
    const next = live.next()
    stop.abort()
    expect(await next).toEqual({ value: undefined, done: true })
  })

  it('throws what no waiting can heal', async () => {
    server.state.intercept(({ path }) =>
      path.endsWith('/configmaps') ? new Refusal(403, 'Forbidden', 'configmaps is forbidden') : undefined,
    )
    await expect(follow().next()).rejects.toMatchObject({
      code: 'api-refused',
      message: 'The API refused to list ConfigMap: configmaps is forbidden',
    })
    server.state.intercept(({ query: text }) =>
      text.includes('watch=true') ? new Refusal(403, 'Forbidden', 'no watching here') : undefined,
    )
    await expect(until(follow(), ['never'])).rejects.toMatchObject({
      code: 'api-refused',
      message: 'The API refused to watch ConfigMap: no watching here',
    })
  })
})
