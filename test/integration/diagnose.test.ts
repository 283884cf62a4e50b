import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { passwords, shop, type Ran, type Shop } from './shop.ts'

type Diagnosis = {
  readonly cluster: string
  readonly causes: readonly { about: string[]; cause: string; evidence: string[]; hints: string[] }[]
  readonly unanswered: readonly string[]
  readonly folder: string
}
const diagnosis = (ran: Ran): Diagnosis => ran.json() as unknown as Diagnosis

const filesIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted()

const allTexts = async (folder: string): Promise<string> =>
  (await Promise.all((await filesIn(folder)).map((file) => readFile(join(folder, file), 'utf8')))).join('\n')

describe('a cluster that something is wrong with', () => {
  let at: Shop
  beforeAll(async () => {
    at = await shop({ api: { behaviours: { web: 'image-missing' } } })
  })
  afterAll(() => at[Symbol.asyncDispose]())

  it('is not there yet', async () => {
    const { causes, folder } = diagnosis(await at.well('diagnose', '--json'))
    expect(causes[0]).toMatchObject({ about: ['the cluster shop'], cause: 'there is no cluster shop' })
    expect(await filesIn(folder)).toEqual([
      'about.json',
      'checks.json',
      'engine.json',
      'index.md',
      'kindup.yaml',
      'plan.json',
      'settings.json',
    ])
  })

  it('has a file that is wrong, down to one that does not tell its name', async () => {
    await at.write('wrong/kindup.yaml', 'name: shop\nservices: { web: { deploy: { manifests: [./none.yaml] } } }\n')
    const pointing = diagnosis(await at.well('diagnose', '--json', '--config', 'wrong/kindup.yaml'))
    expect(pointing.causes[0]).toMatchObject({
      about: ['the file'],
      evidence: [expect.stringMatching(/^wrong\/kindup\.yaml:2:\d+: .*none\.yaml/)],
    })
    await at.write('wrong/kindup.yaml', 'name: shop\nworkers: 2\n')
    const unknown = diagnosis(await at.well('diagnose', '--json', '--config', 'wrong/kindup.yaml'))
    expect(unknown.causes[0]?.evidence).toEqual([expect.stringMatching(/^wrong\/kindup\.yaml:2:1: .*workers/)])
    await at.write('wrong/kindup.yaml', 'services: {')
    const unread = diagnosis(await at.well('diagnose', '--json', '--config', 'wrong/kindup.yaml'))
    expect(unread).toMatchObject({ cluster: null, causes: [{ about: ['the file'] }] })
    expect(await filesIn(unread.folder)).toEqual(['about.json', 'checks.json', 'engine.json', 'index.md'])
  })

  it('is written down when up fails, with the cause first and nothing secret', async () => {
    const { code, stderr, json } = await at.run('up', '--json')
    expect(code).toBe(1)
    const { diagnosis: made } = json() as unknown as { diagnosis: Diagnosis }
    expect(made.causes[0]).toMatchObject({
      about: ['Deployment dev/web', 'Deployment prod/web'],
      cause: expect.stringMatching(/^image example\/web:\w+ cannot be pulled: .*not found/),
    })
    expect(stderr).toContain(`What was seen of it: ${join(made.folder, 'index.md')}`)
    expect(await filesIn(made.folder)).toEqual(
      expect.arrayContaining(['commands.log', 'index.md', 'plan.json', 'cluster/events.txt', 'cluster/helm.txt']),
    )
    const plan = JSON.parse(await readFile(join(made.folder, 'plan.json'), 'utf8')) as object[]
    expect(plan).toContainEqual({ id: 'cluster/api', result: 'created', seconds: expect.any(Number) })
    expect(plan).toContainEqual({
      id: 'service/web@dev',
      result: 'failed',
      seconds: expect.any(Number),
      code: 'wait-failed',
      message: expect.stringContaining('cannot be pulled'),
    })
    expect(plan).toContainEqual({ id: 'service/api@dev', result: 'not-started' })
    const page = await readFile(join(made.folder, 'index.md'), 'utf8')
    expect(page).toMatch(/## Likely cause\n\n\*\*Deployment dev\/web, Deployment prod\/web\*\*: image example\/web/)
  })

  it('is looked at any time, from any folder by its name alone', async () => {
    at.api('shop').state.put({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'login', namespace: 'dev' },
      data: { key: Buffer.from('a-value-nobody-may-see').toString('base64') },
    })
    const [pod] = at.api('shop').state.list({ apiVersion: 'v1', kind: 'Pod', namespace: 'dev' })
    at.api('shop').state.put({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'said', namespace: 'dev' },
      involvedObject: { kind: 'Pod', name: pod?.metadata.name, namespace: 'dev', uid: pod?.metadata.uid },
      type: 'Warning',
      reason: 'Said',
      message: 'a-value-nobody-may-see https://me:hunter22@reg.test/ token=abcdef123456',
    })
    const away = at.path('elsewhere')
    await at.write('elsewhere/x', '')
    const ran = await at.kindup(['diagnose', '--name', 'shop', '--out', 'here', '--json'], {}, 'elsewhere')
    expect(ran.code).toBe(0)
    expect(JSON.parse(ran.stdout)).toMatchObject({ cluster: 'shop', folder: join(away, 'here') })
    const text = await allTexts(join(away, 'here'))
    expect(text).toContain('Said: *** https://***@reg.test/ token=***')
    for (const secret of [...Object.values(passwords), 'hunter22', 'abcdef123456', 'a-value-nobody-may-see'])
      expect(text).not.toContain(secret)
  })

  it('writes nothing over what is there', async () => {
    await at.write('full/mine', '')
    const { code, json } = await at.run('diagnose', '--out', 'full', '--json')
    expect(code).toBe(2)
    expect(json()).toMatchObject({ error: { code: 'flags', message: `${at.path('full')} is not empty.` } })
  })

  it('has an API that does not answer, nodes that are stopped, and then nodes that are gone', async () => {
    for (const container of at.world.containers.values()) container.running = false
    expect(diagnosis(await at.well('diagnose', '--json')).causes[0]?.cause).toMatch(/shop-worker.* are stopped/)
    for (const container of at.world.containers.values()) container.running = true
    await at.api('shop').stop()
    const silent = diagnosis(await at.well('diagnose', '--json'))
    expect(silent.causes[0]).toMatchObject({ cause: 'the nodes run, and their API does not answer' })
    expect(await filesIn(silent.folder)).toContain('nodes/shop-worker/boot.log')
    at.world.containers.clear()
    expect(diagnosis(await at.well('diagnose', '--json')).causes[0]?.cause).toMatch(
      /shop has no nodes: making it was interrupted/,
    )
  })

  it('has no engine', async () => {
    at.at('docker version', ({ err }) => {
      err('Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n')
      return 1
    })
    const { causes, folder } = diagnosis(await at.well('diagnose', '--json'))
    expect(causes[0]).toMatchObject({
      about: ['the container engine'],
      cause: expect.stringContaining('daemon does not answer'),
    })
    expect(await filesIn(folder)).toContain('index.md')
    // `up` comes to no step, and writes down what there is.
    const { code, json } = await at.run('up', '--json')
    expect([code, json()]).toMatchObject([1, { error: { code: 'engine-unreachable' }, steps: [] }])
    const { diagnosis: made } = json() as unknown as { diagnosis: Diagnosis }
    expect(made.causes[0]?.cause).toContain('daemon does not answer')
    expect(await filesIn(made.folder)).toEqual(expect.arrayContaining(['commands.log', 'index.md']))
  })
})
