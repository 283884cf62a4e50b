import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { headOf } from '../../../../cluster/registry/ask.ts'
import { CommandError } from '../../../../core/run.ts'
import { nodeContainer, standInEngine } from '../../../support/stand-in-engine.ts'

const digest = `sha256:${'a'.repeat(64)}`

/** A registry on a port of this machine. */
const serving = async () => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.accept}`)
    response.writeHead(200, { 'Docker-Content-Digest': digest }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { asked, port, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) }
}

/** An engine in which these programs are found, by the container that they are called in, and what was called. */
const engineWith = (
  programs: Readonly<Record<string, { readonly stdout?: string; readonly stderr?: string; readonly code?: number }>>,
  parts: Parameters<typeof standInEngine>[0] = {},
) => {
  const called: string[] = []
  const { engine } = standInEngine({
    ...parts,
    exec: (container, words) => {
      called.push(`${container}: ${words.join(' ')}`)
      const answer = programs[`${container}: ${words[0]}`]
      return Promise.resolve({ stdout: '', stderr: 'executable file not found in $PATH', code: 127, ...answer })
    },
  })
  return { engine, called }
}

const container = { name: 'kindup-registry-5001', port: 5001 }
const question = { cluster: 'demo', container, path: '/v2/web/manifests/1', accept: 'a/b' }
const nodes = { containers: [nodeContainer('demo', 'control-plane')] }

describe('a registry is asked', () => {
  it('at its port of this machine, and nowhere else', async () => {
    await using registry = await serving()
    const { engine, called } = engineWith({}, nodes)
    const head = await headOf({ ...question, engine, container: { ...container, hostPort: registry.port } })
    expect(head).toMatchObject({ status: 200, headers: { 'docker-content-digest': digest } })
    expect(registry.asked).toEqual(['HEAD /v2/web/manifests/1 a/b'])
    expect(called).toEqual([])
  })

  it('through a node where it has no such port, or the engine is on another machine', async () => {
    await using registry = await serving()
    const stdout = `HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n\r\n`
    const programs = { 'demo-control-plane: curl': { stdout, code: 0 } }
    const { engine, called } = engineWith(programs, nodes)
    expect(await headOf({ ...question, engine })).toMatchObject({ status: 404 })
    expect(called).toEqual([expect.stringContaining('http://kindup-registry-5001:5001/v2/web/manifests/1')])
    const elsewhere = engineWith(programs, { ...nodes, info: { host: 'build' } }).engine
    const published = { ...container, hostPort: registry.port }
    expect(await headOf({ ...question, engine: elsewhere, container: published })).toMatchObject({ status: 404 })
    expect(registry.asked).toEqual([])
  })

  it('inside of it where there is no node', async () => {
    const stderr = `  HTTP/1.1 200 OK\n  Docker-Content-Digest: ${digest}\n`
    const { engine } = engineWith({ 'kindup-registry-5001: wget': { stderr, code: 0 } })
    expect(await headOf({ ...question, engine })).toEqual({ status: 200, headers: { 'docker-content-digest': digest } })
  })

  it('in vain where nobody answers', async () => {
    const silent = { 'demo-control-plane: curl': { code: 7 } }
    expect(await headOf({ ...question, engine: engineWith(silent, nodes).engine })).toBe('no answer')
    const gone = () => {
      const details = { command: 'docker exec', exitStatus: 1, stdout: '', stderr: 'is not running' }
      return Promise.reject(new CommandError('command-failed', 'docker exec failed', details))
    }
    expect(await headOf({ ...question, engine: standInEngine({ ...nodes, exec: gone }).engine })).toBe('no answer')
    // A port that nobody listens on any more.
    const registry = await serving()
    await registry[Symbol.asyncDispose]()
    const published = { ...container, hostPort: registry.port }
    expect(await headOf({ ...question, engine: engineWith(silent, nodes).engine, container: published })).toBe(
      'no answer',
    )
  })

  it('not at all where nothing in it could', async () => {
    expect(await headOf({ ...question, engine: engineWith({}).engine })).toBe('no way')
  })
})
