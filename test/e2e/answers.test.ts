import { request } from 'node:http'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { touched, type UpDocument } from '../support/example.ts'
import { realCluster, root, whyNoCluster, type RealCluster } from '../support/real-cluster.ts'
import { savedPage, type Manner } from '../support/saved-page.ts'

const why = whyNoCluster(
  ['ingress-nginx', 'argo-cd', 'flux2'],
  [
    'registry:3',
    'python:3.13-alpine',
    'quay.io/argoproj/argocd:v3.4.4',
    'ghcr.io/fluxcd/source-controller:v1.8.2',
    'ghcr.io/fluxcd/kustomize-controller:v1.8.3',
  ],
)

/** Of each way: half of them change a variable, half of them the text of a mounted ConfigMap. `KINDUP_SAVES=20` asks for more. */
const saves = Number(process.env['KINDUP_SAVES'] ?? 4)
/** How long it is asked after each line, in milliseconds, by so many at a time. */
const askedMs = 3_000
const askers = 4

const ways = {
  direct: ['up', '--watch'],
  argo: ['sync', 'argo', '--watch'],
  flux: ['sync', 'flux', '--watch'],
} as const
type Way = keyof typeof ways
const all: readonly Way[] = ['direct', 'argo', 'flux']
const manners: readonly Manner[] = ['deaf', 'hears']

type Other = { readonly manner: Manner; readonly said: string; readonly afterMs: number }

/** Whatever a person sees in a browser, from the line that says that a save is done on: through the Ingress, never what was before. */
describe.skipIf(why !== undefined)('what answers through an Ingress once a save is said to be done', () => {
  const seconds: Record<string, number[]> = {}
  let cluster: RealCluster
  let folder = ''
  let port = 0
  let asked = 0
  const file = (name: string): string => join(folder, name)
  /** On a connection of its own. */
  const ask = (way: Way, manner: Manner): Promise<string> =>
    new Promise((resolve) => {
      const headers = { host: `${manner}.${way}.local` }
      const sent = request({ host: '127.0.0.1', port, path: '/', agent: false, headers }, (answer) => {
        let body = ''
        answer.setEncoding('utf8').on('data', (part: string) => (body += part))
        answer.once('end', () => resolve(answer.statusCode === 200 ? body : `status ${answer.statusCode}`))
      })
      sent.once('error', (error) => resolve(error.message))
      sent.end()
    })
  /** All answers but the wanted one. */
  const othersOf = async (way: Way, wanted: string): Promise<readonly Other[]> => {
    const others: Other[] = []
    const began = performance.now()
    const follow = async (manner: Manner): Promise<void> => {
      while (performance.now() - began < askedMs) {
        const afterMs = Math.round(performance.now() - began)
        const said = await ask(way, manner)
        asked++
        if (said !== wanted) others.push({ manner, said, afterMs })
      }
    }
    await Promise.all(Array.from({ length: askers }, () => manners.map(follow)).flat())
    return others
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kindup-answers-'))
    await cp(join(root, 'test', 'fixtures', 'answers'), folder, { recursive: true })
    for (const way of all)
      await writeFile(
        file(`${way}.yaml`),
        manners.map((manner) => savedPage(`${way}-${manner}`, manner, `${manner}.${way}.local`)).join('---\n'),
      )
    cluster = await realCluster('kindup-e2e-answers', file('kindup.yaml'))
  })
  afterAll(async () => {
    await cluster?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
    const middle = Object.entries(seconds).map(
      ([way, each]) => `${way} ${each.toSorted((a, b) => a - b)[Math.floor(each.length / 2)]?.toFixed(1)}`,
    )
    console.info(`answers: ${asked} asked, seconds of a save in the middle: ${middle.join(', ')}`)
  })

  it('comes up, and answers', async () => {
    const report = await cluster.json<UpDocument>(['up'])
    expect(report).not.toHaveProperty('error')
    port = Number(/:(\d+)/.exec(report.endpoints.find(({ url }) => url.includes('direct.local'))?.url ?? '')?.[1])
    for (const way of all) expect(await othersOf(way, 'env-0 text-0')).toEqual([])
    expect(touched(await cluster.json<UpDocument>(['up']))).toEqual([])
  })

  it.each(all)('is what was saved, and nothing else: %s', async (way) => {
    const watch = cluster.start(ways[way])
    await watch.shown('Each save is carried out from now on.')
    const wrong: (Other & { readonly save: number })[] = []
    let [env, text] = ['env-0', 'text-0']
    for (let nth = 1; nth <= saves; nth++) {
      const [from, to] = nth % 2 === 1 ? [env, `env-${nth}`] : [text, `text-${nth}`]
      if (nth % 2 === 1) env = to
      else text = to
      const began = performance.now()
      await writeFile(file(`${way}.yaml`), (await readFile(file(`${way}.yaml`), 'utf8')).replaceAll(from, to))
      await watch.printed(`→ service/${way}@dev`, nth)
      ;(seconds[way] ??= []).push((performance.now() - began) / 1_000)
      wrong.push(...(await othersOf(way, `${env} ${text}`)).map((one) => ({ ...one, save: nth })))
    }
    watch.kill('SIGINT')
    await watch.ended
    expect(wrong).toEqual([])
  })

  it('goes', async () => {
    expect(await cluster.json(['down'])).not.toHaveProperty('error')
    expect(cluster.left()).toEqual([])
  })
})
