import { expect, it } from 'vitest'
import { describeExample, touched, type There } from '../support/example.ts'

type Failed = { readonly error: { readonly problems: readonly Problem[] } }
type Problem = { readonly message: string; readonly at: { readonly file: string; readonly line: number } }

const environments = ['development', 'staging', 'production'] as const
const services = environments.map((name) => `service/app@${name}`)
const namespaces = ['dev-ns', 'staging-ns', 'prod-ns'] as const

const secret = ({ cluster }: There, namespace: string, name: string): Record<string, string> =>
  JSON.parse(
    cluster.kubectl('--namespace', namespace, 'get', 'secret', name, '--output', 'jsonpath={.data}'),
  ) as Record<string, string>

/** The pods of everything but web, by their identity: another one was made again. */
const others = ({ cluster }: There): string =>
  cluster.kubectl(
    'get',
    'pods',
    '--all-namespaces',
    '--selector',
    'app in (broker, producer, consumer)',
    '--output',
    'name',
  )

const seconds = ({ cluster }: There): string =>
  cluster.kubectl(
    '--namespace',
    'staging-ns',
    'get',
    'configmaps',
    '--output',
    'jsonpath={range .items[*]}{.data.EVERY_SECONDS}{end}',
  )

describeExample({
  name: 'streaming',
  charts: ['ingress-nginx', 'metrics-server'],
  flags: ['--set', 'cluster.nodes[1].ports=["0:80"]'],
  creates: ['image/web', 'secret/stream', 'secret/stream-login', 'service/broker', ...services, 'hosts'],
  smoke: 12,
  also: (there) => {
    it('has one secret, made up here, under plain names in every namespace that uses it', () => {
      const made = secret(there, 'streaming', 'stream')
      expect(Object.keys(made).toSorted()).toEqual(['password', 'username'])
      for (const namespace of namespaces) expect(secret(there, namespace, 'stream-login')).toEqual(made)
      const password = Buffer.from(made['password'] ?? '', 'base64').toString()
      expect(password).toHaveLength(24)
      expect(there.first.credentials).toEqual([
        expect.objectContaining({ name: 'stream', username: 'local', password }),
      ])
    })

    it('runs every environment under its prefix, and leaves out what nothing serves', () => {
      const deployments = there.cluster.kubectl(
        'get',
        'deployments',
        '--all-namespaces',
        '--selector',
        'kindup.dev/cluster',
        '--output',
        'jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name} {end}',
      )
      expect(deployments.split(' ')).toEqual(
        expect.arrayContaining(['dev-ns/dev-web', 'staging-ns/staging-producer', 'prod-ns/prod-consumer']),
      )
      expect(there.cluster.kubectl('get', 'crds', '--output', 'name')).not.toContain('monitoring.coreos.com')
    })

    it('names an API that is gone, and a kind that nothing serves, with file and line before anything is applied', async () => {
      await there.edit('k8s/base/autoscaler.yaml', 'autoscaling/v2', 'autoscaling/v2beta2')
      const { error } = await there.json<Failed>(['up', '--set', 'services.app.deploy.skip=[]'])
      await there.edit('k8s/base/autoscaler.yaml', 'autoscaling/v2beta2', 'autoscaling/v2')
      expect(error.problems).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            at: expect.objectContaining({ file: there.path('k8s/base/autoscaler.yaml'), line: 1 }) as unknown,
            hint: 'Write `apiVersion: autoscaling/v2`.',
          }),
          expect.objectContaining({
            at: expect.objectContaining({ file: there.path('k8s/base/monitor.yaml'), line: 2 }) as unknown,
            message: expect.stringContaining('Nothing in the plan serves ServiceMonitor') as unknown,
          }),
        ]),
      )
      expect(touched(await there.json(['up']))).toEqual([])
    })

    it('takes one environment away, leaves the others, and brings it back', async () => {
      expect(await there.json(['undeploy', 'app', '--env', 'staging'])).not.toHaveProperty('error')
      const deployed = there.cluster.kubectl('get', 'deployments', '--all-namespaces', '--output', 'name')
      expect(deployed).toContain('deployment.apps/dev-web')
      expect(deployed).not.toContain('staging-web')
      const back = await there.json(['up'])
      expect(back).not.toHaveProperty('error')
      expect(touched(back)).toEqual(['hosts', 'secret/stream-login', 'service/app@staging'])
    })

    it('goes back to what ran before', async () => {
      await there.edit('k8s/base/settings.env', 'EVERY_SECONDS=5', 'EVERY_SECONDS=7')
      expect(touched(await there.json(['up', '--env', 'staging']))).toEqual(['service/app@staging'])
      expect(seconds(there)).toBe('7')
      expect(await there.json(['rollback', 'app', '--env', 'staging'])).not.toHaveProperty('error')
      expect(seconds(there)).toBe('5')
      await there.edit('k8s/base/settings.env', 'EVERY_SECONDS=7', 'EVERY_SECONDS=5')
      expect(await there.json(['up'])).not.toHaveProperty('error')
      expect(touched(await there.json(['up']))).toEqual([])
    })
  },
  change: {
    file: 'src/web/main.py',
    from: 'messages consumed.',
    to: 'messages consumed so far.',
    touches: ['image/web', ...services],
    keeps: others,
  },
})
