import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { shop, type Shop } from './shop.ts'

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
const close = (server: Server) => new Promise((resolve) => server.close(resolve))

describe('a port that another program has', () => {
  let at: Shop
  const somebody = createServer()
  let taken = 0
  beforeAll(async () => {
    at = await shop()
    taken = await listen(somebody)
    await at.edit('ports: ["0:80"]', `ports: ["${taken}:80"]`)
    await at.edit('url: "http://web.test"', 'url: "http://shop.test:{port:80}/{env}"')
  })
  afterAll(async () => {
    await close(somebody)
    await at[Symbol.asyncDispose]()
  })

  const bound = (): number => at.world.containers.get('shop-worker')?.ports[0]?.hostPort ?? 0

  it('stops up where the file says no more', async () => {
    const { code, json } = await at.run('up', '--json')
    expect(code).toBe(1)
    expect(json()).toMatchObject({ error: { code: 'port-taken' } })
    expect(at.changes()).toEqual([])
  })

  it('gives way to a free one with fallback, which every URL and smoke test follows', async () => {
    await at.edit('cluster:\n', 'cluster:\n  onPortConflict: fallback\n')
    const { json } = await at.well('up', '--json')
    expect([0, taken]).not.toContain(bound())
    const { endpoints, smoke, credentials, warnings } = json() as unknown as Record<string, { url: string }[]>
    expect(endpoints?.map(({ url }) => url)).toEqual([
      `http://dev.web.test:${bound()}`,
      `http://prod.web.test:${bound()}`,
    ])
    expect(smoke?.map(({ url }) => url)).toContain(`http://dev.web.test:${bound()}/health`)
    expect(credentials?.map(({ url }) => url)).toContain(`http://shop.test:${bound()}/dev`)
    expect(warnings).toEqual([
      expect.stringMatching(
        new RegExp(`127\\.0\\.0\\.1:${taken} is taken by .*: 127\\.0\\.0\\.1:${bound()} takes its place`),
      ),
    ])
  })

  it('changes nothing the second time, and asks the cluster where it is', async () => {
    const before = bound()
    const again = await at.well('up', '--json')
    expect(again.json().steps.map(({ result }) => result)).toEqual(again.json().steps.map(() => 'unchanged'))
    expect(again.json()['warnings']).toEqual([])
    expect(JSON.stringify(again.json())).toContain(`http://dev.web.test:${before}`)
    expect((await at.run('plan', '--check')).code).toBe(0)
    expect((await at.well('test', '--json')).json().smoke.map(({ ok }) => ok)).toEqual([true, true])
    expect((await at.well('credentials')).stdout).toContain(`http://shop.test:${before}/prod`)
  })

  it('keeps it when the port of the file is free again', async () => {
    await close(somebody)
    const before = bound()
    const again = await at.well('up', '--json')
    expect(again.json().steps.map(({ result }) => result)).toEqual(again.json().steps.map(() => 'unchanged'))
    expect(bound()).toBe(before)
    await at.well('down')
  })
})

describe('host port 0', () => {
  let at: Shop
  beforeEach(async () => {
    at = await shop()
  })
  afterEach(() => at[Symbol.asyncDispose]())

  it('is chosen before the plan is made: what is rendered can name it, and a second run finds it', async () => {
    await at.edit('path: /health', 'path: "/health?at={port:80}"')
    at.world.request = (request, response) => void response.end(JSON.stringify({ Status: 'Success', at: request.url }))
    await at.edit('json: { Status: Success }', 'json: { at: "/health?at={port:80}" }')
    const { json } = await at.well('up', '--json')
    const port = at.world.containers.get('shop-worker')?.ports[0]?.hostPort ?? 0
    expect(port).toBeGreaterThan(0)
    expect(JSON.stringify(json().smoke)).toContain(`/health?at=${port}`)
    const again = await at.well('up', '--json')
    expect(again.json().steps.map(({ result }) => result)).toEqual(again.json().steps.map(() => 'unchanged'))
  })

  it('may come to a cluster that runs, and go again, while the nodes stay as they are', async () => {
    await at.well('up', '--json')
    const nodes = [...at.world.containers.values()]
    await at.edit('ports: ["0:80"]', 'ports: ["0:80", "0:8443"]')
    expect((await at.well('plan')).stdout).toContain('port 0:8443 leads to shop-worker, in place')
    const more = (await at.well('up', '--json')).json()
    expect(more.steps.filter(({ result }) => result !== 'unchanged')).toMatchObject([{ id: 'cluster/api' }])
    expect([...at.world.containers.keys()].slice(nodes.length)).toEqual(['shop-port-any-8443-worker'])
    expect((await at.well('plan', '--check')).stdout).toContain('Nothing would change.')
    await at.edit('ports: ["0:80", "0:8443"]', 'ports: ["0:80"]')
    await at.well('up', '--json')
    expect([...at.world.containers.values()]).toEqual(nodes)
    await at.edit('ports: ["0:80"]', 'ports: ["0:80", "0:8443"]')
    await at.well('up', '--json')
    await at.well('down')
    expect([...at.world.containers.keys()]).toEqual([])
  })

  it('a placeholder for a port that no node maps is said', async () => {
    await at.edit('host: "{env}.web.test"', 'host: "{env}.web.test{port:8080}"')
    const { stderr } = await at.run('plan')
    expect(stderr).toMatch(/nothing fills in \{port:8080\}[^]*Did you mean \{port:80\}\?/)
  })

  it('render asks no engine, and leaves open what nobody has chosen', async () => {
    await at.well('render', '--out', 'out')
    expect(await at.read('out/kind.yaml')).toContain('hostPort: 0')
    expect(at.calls).toEqual([])
  })
})

describe('an engine on another machine', () => {
  it('is reached at its own name: API, URLs, host names and smoke tests', async () => {
    // A name that is not known for this machine's, and leads to it all the same.
    const [name, address] = ['127.1', '127.0.0.1']
    await using at = await shop({ env: { DOCKER_HOST: `tcp://${name}:2375` } })
    const { json } = await at.well('up', '--json')
    const [container] = [at.world.containers.get('shop-worker')]
    expect(container?.ports[0]?.address).toBe('0.0.0.0')
    expect(json()['warnings']).toContainEqual(expect.stringContaining(`The engine is on ${name}`))
    expect(json().smoke.map(({ ok }) => ok)).toEqual([true, true])
    expect(await at.read('hosts')).toContain(`${address} dev.web.test # kindup shop`)
    const kubeconfig = await at.read('home/.kube/config')
    expect(kubeconfig).toMatch(new RegExp(`server: "?https://${name}:\\d+`))
    expect(kubeconfig).toContain('tls-server-name: localhost')
    const doctor = await at.run('doctor', '--json')
    expect(doctor.json()['checks']).toContainEqual(
      expect.objectContaining({ id: 'ports', state: 'skipped', cause: expect.stringContaining(name) }),
    )
    await at.well('up', '--json')
    await at.well('down')
  })
})
