import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { mirrorsOf } from '../../../../cluster/mirrors/mirrors.ts'
import { madeConfig } from '../../../support/made-config.ts'

const base = madeConfig()
const mirrors = (...list: typeof base.cluster.mirrors) =>
  mirrorsOf({ ...base, cluster: { ...base.cluster, mirrors: list } })

it('ask the registry itself, and send nodes there where they do not answer', () => {
  const [hub, lan] = mirrors({ upstream: 'docker.io' }, { upstream: 'registry.lan:5000', http: true })
  expect(parse(hub!.container.config)).toMatchObject({ proxy: { remoteurl: 'https://registry-1.docker.io' } })
  expect(hub!.hostsToml).toBe(
    'server = "https://registry-1.docker.io"\n\n[host."http://kindup-mirror-docker-io:5000"]\n  capabilities = ["pull", "resolve"]\n',
  )
  expect(parse(lan!.container.config)).toMatchObject({ proxy: { remoteurl: 'http://registry.lan:5000' } })
  expect(hub!.container.labels).not.toHaveProperty(['dev.kindup.cluster'])
})

it('with credentials belong to one cluster, and hold them in their configuration alone', () => {
  const [own] = mirrors({ upstream: 'ghcr.io', credentials: { username: 'robot', password: 'hunter2: "' } })
  const { config, ...rest } = own!.container
  expect(parse(config)).toMatchObject({ proxy: { username: 'robot', password: 'hunter2: "' } })
  expect(JSON.stringify({ ...own, container: rest })).not.toContain('hunter2')
  expect(rest.labels).toMatchObject({ 'dev.kindup.cluster': 'demo' })
})
