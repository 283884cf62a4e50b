import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import process from 'node:process'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'

export type GitServer = AsyncDisposable & {
  /** Where pods of a kind cluster find the repository. */
  readonly url: string
  /** Commits all that a folder holds, and pushes it there. */
  readonly push: (folder: string) => void
  /** From now on nobody is answered, or everybody again. */
  readonly offline: (isOff: boolean) => void
}

/** A git server of this machine, by git's own `http-backend`; reached by the gateway of the network that kind's nodes are in. */
export const gitServer = async (folder: string): Promise<GitServer> => {
  const bare = join(folder, 'shop.git')
  mkdirSync(folder, { recursive: true })
  git(folder, 'init', '--quiet', '--bare', '--initial-branch=main', bare)
  let isOff = false
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://git')
    if (isOff) return void request.socket.destroy()
    const backend = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env['PATH'],
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: pathname,
        QUERY_STRING: search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
    })
    request.pipe(backend.stdin)
    void answered(backend.stdout)

    async function answered(stdout: Readable): Promise<void> {
      const answer = await buffer(stdout)
      const end = answer.indexOf('\r\n\r\n')
      const lines = answer.subarray(0, end).toString().split('\r\n')
      const headers = Object.fromEntries(lines.map((line) => line.split(': ', 2) as [string, string]))
      response.writeHead(Number.parseInt(headers['Status'] ?? '200', 10), headers)
      response.end(answer.subarray(end + 4))
    }
  })
  server.listen(0, '0.0.0.0')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://${gateway()}:${port}/shop.git`,
    push: (tree) => {
      git(tree, 'init', '--quiet', '--initial-branch=main')
      git(tree, 'add', '--all')
      git(tree, '-c', 'user.name=test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '--message=all')
      git(tree, 'push', '--quiet', bare, 'main')
    },
    offline: (off) => void (isOff = off),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Of the network that kind makes. */
const gateway = (): string => {
  const format = '{{range .IPAM.Config}}{{.Gateway}} {{end}}'
  const { stdout } = spawnSync('docker', ['network', 'inspect', 'kind', '--format', format], { encoding: 'utf8' })
  return (stdout ?? '').split(' ').find((one) => /^\d+(\.\d+){3}$/.test(one.trim())) ?? '127.0.0.1'
}

const git = (folder: string, ...args: readonly string[]): void => {
  const { status, stderr } = spawnSync('git', ['-C', folder, ...args], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
}
