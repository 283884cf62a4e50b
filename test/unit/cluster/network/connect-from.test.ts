import { execFile, spawnSync } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { connectFrom } from '../../../../cluster/network/connect-from.ts'
import type { Engine } from '../../../../cluster/engine/engine.ts'
import { sayMissing } from '../../../support/real-tools.ts'
import { standInEngine } from '../../../support/stand-in-engine.ts'

const hasBash = ['bash', 'timeout'].every((name) => spawnSync(name, ['--version']).status === 0)
if (!hasBash) sayMissing('bash', 'no bash or timeout on this machine; what nodes run to connect is not tried.')

/** Runs in this machine's bash what would be run in a node's. */
const exec: Engine['exec'] = (_container, [program = '', ...args]) =>
  new Promise((resolve) => {
    execFile(program, args, (error, stdout, stderr) =>
      resolve({ stdout, stderr, code: error ? Number(error.code) : 0 }),
    )
  })

const connect = (port: number, run = exec) =>
  connectFrom(
    standInEngine({ exec: run }).engine,
    'demo-worker',
    { address: '127.0.0.1', port },
    new AbortController().signal,
  )

describe('a connection from a node', () => {
  it.runIf(hasBash)('is accepted while something listens, and refused after that', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    expect(await connect(port)).toBeUndefined()
    await new Promise((resolve) => server.close(resolve))
    expect(await connect(port)).toBe('Connection refused')
  })

  it('is given up after a while', async () => {
    const slow = () => Promise.resolve({ stdout: '', stderr: '', code: 124 })
    expect(await connect(1, slow)).toBe('no answer within 5 s')
  })
})
