import { expect, it } from 'vitest'
import { dialects } from '../../../../cluster/engine/dialects.ts'
import { runArguments } from '../../../../cluster/engine/run-arguments.ts'

const of = (name: string) => dialects.find((dialect) => dialect.name === name)!
const request = {
  name: 'r',
  image: 'registry:3',
  labels: { a: 'b=c' },
  volume: { name: 'v', path: '/var' },
  command: ['/bin/sh', '-c', 'exec x'],
  network: 'kind',
  alias: 'other',
  publish: { hostPort: 5001, containerPort: 5001 },
  env: { A: '1' },
  passEnv: ['HTTPS_PROXY'],
} as const

it('starts a container with what it is asked for, bound to this machine alone', () => {
  expect(runArguments(request, of('docker')).join(' ')).toBe(
    '--detach --name r --restart unless-stopped --label a=b=c --volume v:/var --network kind --network-alias other --publish 127.0.0.1:5001:5001 --env A=1 --env HTTPS_PROXY --entrypoint /bin/sh registry:3 -c exec x',
  )
})

it('speaks to each engine in its words', () => {
  expect(runArguments(request, of('podman'))).toContain('docker.io/library/registry:3')
  expect(runArguments(request, of('nerdctl'))).not.toContain('--network-alias')
  const { network: _network, ...without } = request
  expect(runArguments(without, of('docker')).filter((word) => word.startsWith('--network'))).toEqual([])
})
