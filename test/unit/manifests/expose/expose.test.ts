import { identified } from '../../../../core/identity.ts'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import type { ExposeConfig } from '../../../../config/config.ts'
import { ConfigError } from '../../../../core/errors.ts'
import type { Deployable } from '../../../../manifests/deployable.ts'
import { exposeObjects } from '../../../../manifests/expose/expose.ts'
import { madeConfig, madeNode } from '../../../support/made-config.ts'

const service = (name: string, spec: Record<string, unknown>): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec,
})

const web = service('web', {
  type: 'LoadBalancer',
  selector: { app: 'web' },
  ports: [
    { name: 'http', port: 80, targetPort: 'http' },
    { name: 'dns', port: 53, protocol: 'UDP' },
  ],
})

const deployable = (...expose: readonly ExposeConfig[]) =>
  ({
    ...identified({ kind: 'service', name: 'web', environment: 'dev' }),
    namespace: 'dev',
    expose,
    at: { file: 'services.web' },
  }) as unknown as Deployable

const config = madeConfig({
  nodes: [madeNode('control-plane', { ports: ['80:80'] }), madeNode('worker', { ports: ['8000:30080', '9000:443'] })],
})

const objectsFor = (expose: ExposeConfig, objects: readonly KubeObject[] = [web]) =>
  exposeObjects(deployable(expose), objects, config)

const problemOf = (expose: ExposeConfig, objects: readonly KubeObject[] = [web], from = config) => {
  try {
    exposeObjects(deployable(expose), objects, from)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems[0]
    throw error
  }
  throw new Error('nothing was wrong')
}

describe('a host', () => {
  it('gets an Ingress of its own that any controller takes', () => {
    expect(objectsFor({ service: 'web', port: 80, host: 'web.test' })).toEqual([
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: 'web-web.test', namespace: 'dev' },
        spec: {
          rules: [
            {
              host: 'web.test',
              http: {
                paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }],
              },
            },
          ],
        },
      },
    ])
  })

  it('leads to a port by name, from two hosts to the same Service', () => {
    const made = exposeObjects(
      deployable({ service: 'web', port: 'http', host: 'a.test' }, { service: 'web', port: 'http', host: 'b.test' }),
      [web],
      config,
    )
    expect(new Set(made.map(({ metadata }) => metadata.name)).size).toBe(2)
    expect(JSON.stringify(made[0])).toContain('"port":{"name":"http"}')
  })

  it('may lead to a Service that a controller makes later', () => {
    expect(objectsFor({ service: 'later', port: 80, host: 'a.test' }, [])).toMatchObject([{ kind: 'Ingress' }])
  })
})

describe('a host port', () => {
  it('gets a NodePort Service for the same pods on the node port that leads there', () => {
    expect(objectsFor({ service: 'web', port: 80, hostPort: 8000 })).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web-port-30080', namespace: 'dev' },
        spec: {
          type: 'NodePort',
          selector: { app: 'web' },
          ports: [{ port: 80, targetPort: 'http', protocol: 'TCP', nodePort: 30080 }],
        },
      },
    ])
  })

  it('needs nothing where the Service has that node port already', () => {
    const own = service('web', { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, nodePort: 30080 }] })
    expect(objectsFor({ service: 'web', port: 80, hostPort: 8000 }, [own])).toEqual([])
  })

  it('of 0 is the only mapping to any free one', () => {
    const any = madeConfig({ nodes: [madeNode('control-plane', { ports: ['0:80', '0:30432'] })] })
    const made = exposeObjects(deployable({ service: 'web', port: 80, hostPort: 0 }), [web], any)
    expect(made).toMatchObject([{ spec: { ports: [{ nodePort: 30432 }] } }])
    const two = madeConfig({ nodes: [madeNode('control-plane', { ports: ['0:30001', '0:30432'] })] })
    expect(problemOf({ service: 'web', port: 80, hostPort: 0 }, [web], two)?.message).toContain(
      'one of several mappings',
    )
  })

  it('keeps names within what Kubernetes takes', () => {
    const name = 'a'.repeat(63)
    const long = service(name, { selector: { app: 'a' }, ports: [{ port: 80 }] })
    const [made] = objectsFor({ service: name, port: 80, hostPort: 8000 }, [long])
    expect(made?.metadata.name).toMatch(/^a+-port-30080$/)
    expect(made?.metadata.name.length).toBeLessThanOrEqual(63)
  })
})

describe('what cannot be reached', () => {
  it.each<[ExposeConfig, readonly KubeObject[], RegExp]>([
    [{ service: 'web', port: 80, hostPort: 7000 }, [web], /^No node maps port 7000 of this machine\.$/],
    [{ service: 'web', port: 53, hostPort: 8000 }, [web], /^No node maps port 8000 of this machine for UDP\.$/],
    [{ service: 'web', port: 80, hostPort: 9000 }, [web], /leads to node port 443, which no Service can take/],
    [
      { service: 'wbe', port: 80, host: 'a.test' },
      [web],
      /names the Service wbe, and service\/web@dev renders no such Service in namespace dev/,
    ],
    [{ service: 'web', port: 81, host: 'a.test' }, [web], /has no port 81/],
    [{ service: 'web', port: 'grpc', hostPort: 8000 }, [web], /has no port grpc/],
    [{ service: 'x', port: 80, hostPort: 8000 }, [service('x', { ports: [{ port: 80 }] })], /has no selector/],
  ])('is said with its place: %j', (expose, objects, message) => {
    const problem = problemOf(expose, objects)
    expect(problem?.message).toMatch(message)
    expect(problem?.at?.file).toBe('services.web.expose.0')
  })
})
