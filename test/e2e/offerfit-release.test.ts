import { expect, it } from 'vitest'
import { describeExample, type There } from '../support/example.ts'

// Not that of the file: whoever runs this may have it.
const registry = 'localhost:5057'

const tagsOf = async (service: string): Promise<unknown> =>
  (await fetch(`http://${registry}/v2/offerfit/${service}/tags/list`)).json()

const podsOf = ({ cluster }: There, service: string): string =>
  cluster.kubectl(
    '--namespace',
    'production',
    'get',
    'pods',
    '-l',
    `app.kubernetes.io/instance=${service}`,
    '-o',
    'name',
  )

describeExample({
  name: 'offerfit',
  beside: ['manifests/demo'],
  charts: ['ingress-nginx', 'metrics-server'],
  flags: [
    'cluster.nodes[2].ports=["0:80","0:443"]',
    'cluster.registry.port=5057',
    'cluster.registry.keep=false',
    `services.service-a.image.name=${registry}/offerfit/service-a`,
    `services.service-b.image.name=${registry}/offerfit/service-b`,
  ].flatMap((set) => ['--set', set]),
  creates: ['registry', 'image/service-a', 'service/service-b@production', 'hosts'],
  smoke: 5,
  also: (there) => {
    it('publishes what it deploys, by version', async () => {
      expect(await tagsOf('service-a')).toEqual({ name: 'offerfit/service-a', tags: ['1.0.0'] })
      expect(await tagsOf('service-b')).toEqual({ name: 'offerfit/service-b', tags: ['1.0.0'] })
    })

    it('lets a pod pull what only the registry has', async () => {
      expect(await there.json(['image', 'publish', 'service-a'])).not.toHaveProperty('error')
      expect(await tagsOf('service-a')).toMatchObject({ tags: expect.arrayContaining(['1.0.0', 'latest']) as unknown })
      const pod = ['run', 'pulls', `--image=${registry}/offerfit/service-a:latest`, '--image-pull-policy=Always']
      there.cluster.kubectl(...pod)
      there.cluster.kubectl('wait', 'pod/pulls', '--for=condition=Ready', '--timeout=60s')
      there.cluster.kubectl('delete', 'pod/pulls', '--now')
    })
  },
  change: {
    file: '../../manifests/demo/service-a/version.txt',
    from: '1.0.0',
    to: '1.1.0',
    touches: ['image/service-a', 'service/service-a@production'],
    keeps: (there) => podsOf(there, 'service-b'),
  },
})
