import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { bestPod } from '../../../../app/inside/best-pod.ts'
import { forwarding } from '../../../../app/inside/forwarding.ts'
import { knownPorts, portMeant, readWantedPort, shownPort } from '../../../../app/inside/wanted-ports.ts'
import type { Tunnel } from '../../../../cluster/kube/tunnel.ts'
import type { Pod } from '../../../../cluster/kube/models.ts'
import { ConfigError, EnvironmentError } from '../../../../core/errors.ts'
import { readId } from '../../../../core/identity.ts'

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-1', namespace: 'dev', labels: { app: 'web', tier: 'front' } },
  spec: {
    containers: [
      {
        name: 'web',
        ports: [
          { name: 'http', containerPort: 8080 },
          { containerPort: 53, protocol: 'UDP' },
        ],
      },
      { name: 'metrics', ports: [{ containerPort: 9100 }] },
    ],
  },
}
const service = (selector: object, ports: readonly object[], namespace = 'dev') => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace },
  spec: { selector, ports },
})
const services = [
  service({ app: 'web' }, [
    { name: 'web', port: 80, targetPort: 'http' },
    { name: 'db', port: 5432 },
  ]),
  service({ app: 'other' }, [{ name: 'other', port: 81, targetPort: 8080 }]),
  service({ app: 'web' }, [{ name: 'elsewhere', port: 82, targetPort: 8080 }], 'prod'),
  service({}, [{ name: 'external', port: 83 }]),
]
const known = knownPorts(pod, services)

describe('the ports of a pod', () => {
  it('are known by the names and numbers of its containers and of the Services that lead to it', () => {
    expect(known).toEqual([
      { port: 8080, names: ['http', '80', 'web'] },
      { port: 9100, names: [] },
      { port: 5432, names: ['5432', 'db'] },
    ])
    expect(known.map(shownPort)).toEqual(['http (web, 80, 8080)', '9100', 'db (5432)'])
  })

  it.each([
    ['80', 8080],
    ['http', 8080],
    ['web', 8080],
    ['8080', 8080],
    ['db', 5432],
    // Programs listen where they want.
    ['7777', 7777],
  ])('%s is %i', (word, port) => expect(portMeant(word, known, 'service/web')).toBe(port))

  it('of a name that nothing has are named', () => {
    const refused = { message: 'service/web has no port htp.', hints: ['Did you mean http?'] }
    expect(() => portMeant('htp', known, 'service/web')).toThrow(expect.objectContaining(refused))
  })

  it.each([
    ['8080', { local: undefined, port: '8080' }],
    ['18080:80', { local: 18080, port: '80' }],
    ['0:http', { local: 0, port: 'http' }],
    [':http', { local: 0, port: 'http' }],
  ])('%s is read', (typed, read) => expect(readWantedPort(typed)).toEqual(read))

  it.each(['', '80:', '65536', '0', '65536:80', 'a:b:c', '-1', '127.0.0.1:80:80', '80/udp'])('%j is refused', (typed) =>
    expect(() => readWantedPort(typed)).toThrow(ConfigError),
  )
})

it('the youngest pod that is ready is talked to, else one that runs, and none that is on its way out', () => {
  const entry = { id: 'service/web', of: readId('service/web'), title: '', kind: 'objects', needs: [], undo: {} }
  const one = (name: string, creationTimestamp: string, ready: string, more: object = {}, runs = true) => ({
    entry,
    pod: {
      ...pod,
      metadata: { name, creationTimestamp, ...more },
      status: {
        conditions: [{ type: 'Ready', status: ready }],
        containerStatuses: [
          { name: 'web', image: '', imageID: '', ready: true, restartCount: 0, state: runs ? { running: {} } : {} },
        ],
      },
    },
  })
  const pods = [
    one('old', '2026-01-01T00:00:00Z', 'True'),
    one('young', '2026-01-02T00:00:00Z', 'True'),
    one('youngest', '2026-01-03T00:00:00Z', 'False'),
    one('leaving', '2026-01-04T00:00:00Z', 'True', { deletionTimestamp: '2026-01-05T00:00:00Z' }),
    one('waiting', '2026-01-06T00:00:00Z', 'False', {}, false),
  ]
  expect(bestPod(pods)?.pod.metadata.name).toBe('young')
  expect(bestPod(pods.slice(2))?.pod.metadata.name).toBe('youngest')
  expect(bestPod(pods.slice(3))).toBeUndefined()
})

describe('forwarding', () => {
  const never = new AbortController().signal

  it('takes each connection to the pod that is there then, answers after the last word, and survives one that fails', async () => {
    const pods = ['a', 'b', 'gone', 'c']
    const told: string[] = []
    const tunnel: Tunnel = async (socket, to) => {
      let said = ''
      socket.on('data', (chunk) => (said += chunk.toString())).resume()
      await once(socket, 'end')
      socket.end(`${to.pod}:${to.port} heard ${said}`)
    }
    const forward = await forwarding(
      {
        local: 0,
        find: () => {
          const name = pods.shift() ?? ''
          return name === 'gone'
            ? Promise.reject(new EnvironmentError('nothing-runs', 'No pod runs now.'))
            : Promise.resolve({ namespace: 'dev', pod: name, port: 80 })
        },
        tunnel,
        told: ({ message }) => told.push(message),
      },
      never,
    )
    const ask = async (word: string): Promise<string> => {
      const socket = connect(forward.local, '127.0.0.1')
      socket.end(word)
      return text(socket).catch(() => 'cut')
    }
    expect(await ask('one')).toBe('a:80 heard one')
    expect(await ask('two')).toBe('b:80 heard two')
    expect(await ask('three')).not.toContain('heard')
    expect(await ask('four')).toBe('c:80 heard four')
    expect(told).toEqual(['No pod runs now.'])
    await forward.close()
  })

  it('hides no defect: whoever waits hears of it', async () => {
    const forward = await forwarding(
      {
        local: 0,
        find: () => Promise.resolve({ namespace: 'dev', pod: 'a', port: 80 }),
        tunnel: () => Promise.reject(new TypeError('of ours')),
        told: () => undefined,
      },
      never,
    )
    const socket = connect(forward.local, '127.0.0.1').on('error', () => undefined)
    await expect(forward.failed).rejects.toThrow('of ours')
    socket.destroy()
    await forward.close()
  })

  it('says in one sentence that a port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const options = {
      local: port,
      find: () => Promise.reject(new Error()),
      tunnel: () => Promise.resolve(),
      told: () => undefined,
    }
    await expect(forwarding(options, never)).rejects.toMatchObject({
      code: 'port-taken',
      message: `Port ${port} of this machine is taken.`,
    })
    taken.close()
    await once(taken, 'close')
  })
})
