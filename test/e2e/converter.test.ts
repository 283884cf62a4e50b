import { expect, it } from 'vitest'
import { describeExample, touched, type There } from '../support/example.ts'

const image = ({ cluster }: There, environment: string): string =>
  cluster.kubectl(
    '--namespace',
    environment,
    'get',
    'deployment',
    'converter',
    '--output',
    'jsonpath={.spec.template.spec.containers[0].image}',
  )

const hostsOf = ({ cluster }: There, environment: string): string =>
  cluster.kubectl(
    '--namespace',
    environment,
    'get',
    'ingress',
    'converter',
    '--output',
    'jsonpath={.spec.rules[*].host}',
  )

describeExample({
  name: 'converter',
  charts: ['ingress-nginx'],
  flags: ['--set', 'cluster.nodes[0].ports=["0:80"]'],
  creates: ['image/converter', 'service/converter@dev', 'service/converter@prod', 'hosts'],
  smoke: 8,
  also: (there) => {
    it('names the image after the commit, and not after the registry of the chart', () => {
      expect(image(there, 'dev')).toMatch(/^converter:[0-9a-f]{7}$/)
      expect(image(there, 'prod')).toBe(image(there, 'dev'))
    })

    it('answers to public names and writes none of them to the hosts file', async () => {
      expect(hostsOf(there, 'dev')).toBe('dev.converter.localhost')
      expect(hostsOf(there, 'prod')).toBe('prod.converter.localhost convert.example.com')
      expect(there.first.warnings.join('\n')).toContain('convert.example.com is not in the hosts file')
      const hosts = await there.cluster.home.read('hosts')
      expect(hosts).toContain('127.0.0.1 prod.converter.localhost')
      expect(hosts).not.toContain('example.com')
    })

    it('deploys nothing while a test fails, and what runs goes on', async () => {
      const before = image(there, 'prod')
      await there.edit('app/units.py', '1609.344', '1600.0')
      const failed = await there.json<{ error: { code: string; message: string } }>(['up'])
      expect(failed.error.message).toContain('The hook `test` failed')
      expect(failed.error.message).toContain('41.92 != 42.164813')
      expect(image(there, 'prod')).toBe(before)
      await there.edit('app/units.py', '1600.0', '1609.344')
      expect(touched(await there.json(['up']))).toEqual([])
    })

    it('takes one environment away, and brings it back', async () => {
      expect(await there.json(['undeploy', 'converter', '--env', 'prod'])).not.toHaveProperty('error')
      expect(there.cluster.kubectl('get', 'namespaces', '--output', 'name').split('\n')).not.toContain('namespace/prod')
      expect(image(there, 'dev')).toMatch(/^converter:/)
      expect(await there.cluster.home.read('hosts')).not.toContain('prod.converter.localhost')
      expect(touched(await there.json(['up']))).toEqual(['hosts', 'service/converter@prod'])
      expect(await there.cluster.home.read('hosts')).toContain('prod.converter.localhost')
    })
  },
  change: {
    file: 'app/units.py',
    from: '"g": ("weight", 0.001),',
    to: '"g": ("weight", 0.001),\n    "oz": ("weight", 0.028349523125),',
    touches: ['image/converter', 'service/converter@dev', 'service/converter@prod'],
  },
})
