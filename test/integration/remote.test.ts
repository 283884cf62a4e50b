import { spawnSync } from 'node:child_process'
import { rm, symlink } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { machine, type Machine } from '../support/stand-ins/machine.ts'
import { startApiServer, type ApiServer } from '../support/api-server/start-api-server.ts'

const found = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim()

const file = `name: far
cluster: { context: office }
hosts: { mode: none }
services:
  settings:
    namespace: far
    deploy: { manifests: [./settings.yaml] }
    hooks: { before: [{ name: mark, run: [touch, MARK] }] }
`
const settings = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { colour: blue }\n'

let at: Machine
let server: ApiServer
let env: Readonly<Record<string, string>>

const git = (...args: readonly string[]): string => {
  const own = {
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@a',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@a',
    GIT_CONFIG_GLOBAL: '/dev/null',
  }
  const { status, stdout, stderr } = spawnSync(found, ['-C', at.path('work'), ...args], {
    encoding: 'utf8',
    env: { ...own, PATH: '/usr/bin:/bin' },
  })
  if (status !== 0) throw new Error(stderr)
  return stdout.trim()
}

/** Commits what is in `work`, and pushes it to the bare repository. */
const push = (): string => {
  git('add', '--all')
  git('commit', '--quiet', '--message', 'x')
  git('push', '--quiet', '--force', at.path('far.git'), 'HEAD:refs/heads/main')
  return git('rev-parse', 'HEAD')
}

const address = (rest = '//deploy@main'): string => `file://${at.path('far.git')}${rest}`
const kindup = (...args: readonly string[]) => at.kindup(args, env)
const json = async (...args: readonly string[]) =>
  JSON.parse((await kindup(...args, '--json')).stdout) as {
    readonly error?: {
      readonly code: string
      readonly message: string
      readonly hints: readonly string[]
      readonly problems: readonly { readonly message: string }[]
    }
  }

beforeEach(async () => {
  server = await startApiServer({
    context: 'office',
    nodes: [{ name: 'one', labels: { 'minikube.k8s.io/name': 'm' } }],
  })
  at = await machine({ programs: [], tools: { git: found } })
  await at.write('kubeconfig', server.kubeconfig)
  env = { KUBECONFIG: at.path('kubeconfig'), KINDUP_STATE: at.path('state'), PATH: `${at.path('bin')}:/usr/bin:/bin` }
  await at.write('work/deploy/kindup.yaml', file.replace('MARK', at.path('mark')))
  await at.write('work/deploy/settings.yaml', settings)
  spawnSync(found, ['init', '--quiet', '--bare', at.path('far.git')])
  git('init', '--quiet')
})
afterEach(async () => {
  await at[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

const isMarked = () =>
  at.read('mark').then(
    () => true,
    () => false,
  )
const colour = () =>
  server.state.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'far', name: 'settings' })?.['data']

describe.skipIf(found === '')('a configuration in a git repository', () => {
  it.each([
    ['beside nothing', 'work/deploy/kindup.config.ts', '//deploy@main'],
    ['by its name', 'work/deploy/kindup.config.ts', '//deploy/kindup.config.ts@main'],
    ['in a folder with the name of a file', 'work/deploy/kindup.yaml/kindup.config.ts', '//deploy@main'],
  ])('runs no program of it: %s', async (_where, path, rest) => {
    await rm(at.path('work/deploy/kindup.yaml'))
    await at.write(path, `import { writeFileSync } from 'node:fs'\nwriteFileSync('${at.path('mark')}', '')\n`)
    const commit = push()
    for (const args of [['plan'], ['config'], ['up', '--yes', '--trust', commit]]) {
      const { error } = await json(...args, '--config', address(rest))
      expect(error).toMatchObject({ code: 'not-trusted' })
      expect(error?.message).toContain('kindup.config.ts is a program')
    }
    expect(await isMarked()).toBe(false)
  })

  it('runs nothing before its commit is trusted, and each commit for itself', async () => {
    const commit = push()
    const plan = await kindup('plan', '--config', address())
    expect(plan.stderr).toContain(`at ${commit}`)
    expect(plan.stderr).toContain('runs touch')
    expect(plan.stdout).toContain('service/settings')
    const refused = await json('up', '--yes', '--config', address())
    expect(refused.error).toMatchObject({
      code: 'not-trusted',
      hints: [expect.stringContaining(`--trust ${commit}`), expect.anything()],
    })
    expect((await json('up', '--yes', '--config', address(), '--trust', 'abc')).error?.code).toBe('flags')
    expect(await isMarked()).toBe(false)

    expect((await json('up', '--yes', '--config', address(), '--trust', commit)).error).toBeUndefined()
    expect(await isMarked()).toBe(true)
    expect(colour()).toEqual({ colour: 'blue' })
    expect((await json('up', '--config', address())).error).toBeUndefined()

    await at.write('work/deploy/settings.yaml', settings.replace('blue', 'red'))
    const next = push()
    expect((await json('up', '--config', address())).error?.code).toBe('not-trusted')
    expect((await json('up', '--config', address(), '--trust', next)).error).toBeUndefined()
    expect(colour()).toEqual({ colour: 'red' })

    // Without its remote: what was fetched last, trusted before.
    await rm(at.path('far.git'), { recursive: true })
    const offline = await kindup('up', '--config', address())
    expect(offline.stderr).toContain('it does not answer: what was fetched last')
    expect(offline.code).toBe(0)
    expect((await kindup('down', '--config', address())).code).toBe(0)
    expect(colour()).toBeUndefined()
  })

  it('takes the commit that is trusted for every command', async () => {
    const commit = push()
    const refused = { code: 'flags', message: expect.stringContaining(commit) }
    for (const words of [['test'], ['credentials'], ['mcp'], ['snapshot', 'save']])
      expect((await json(...words, '--config', address(), '--trust', 'abc')).error).toMatchObject(refused)
  })

  it('stays in its repository', async () => {
    await at.write(
      'work/deploy/kindup.yaml',
      'name: far\ncrds: [/etc]\nservices: { a: { deploy: { manifests: [../../../a.yaml] } } }\n',
    )
    push()
    expect((await json('plan', '--config', address())).error?.problems.map(({ message }) => message)).toEqual([
      'crds.0: /etc is not in the repository.',
      'services.a.deploy.manifests.0: ../../../a.yaml is not in the repository.',
    ])
    await at.write('outer.yaml', 'tools: { helm: path }\n')
    await at.write('work/deploy/kindup.yaml', `name: far\ninclude: [${at.path('outer.yaml')}]\n`)
    push()
    expect((await json('plan', '--config', address())).error?.message).toContain(
      'outer.yaml, which is not in the repository',
    )
    await at.write('work/deploy/kindup.yaml', 'name: far\n')
    await symlink('/etc/passwd', at.path('work', 'deploy', 'values.yaml'))
    push()
    expect((await json('plan', '--config', address())).error?.message).toContain(
      'deploy/values.yaml of the repository is a link to /etc/passwd',
    )
  })

  it('is a layer of a file here, trusted for its commit', async () => {
    const commit = push()
    const include = (ref: string): Promise<unknown> =>
      at.write('here/kindup.yaml', `include:\n  - ${address(`//deploy@${ref}`)}\nname: here\n`)
    const here = (...args: readonly string[]) => at.kindup(args, env, 'here')
    await include(commit)
    const plan = await here('plan')
    expect(plan.stderr).toContain('runs touch')
    expect(plan.stdout).toContain('service/settings')
    const refused = await here('up', '--yes')
    expect(refused.stderr).toContain(`--trust ${commit}`)
    expect(refused.code).toBe(1)
    expect(await isMarked()).toBe(false)
    const { stdout } = await here('config')
    expect(stdout).toContain(`context: office  # ${address('//deploy/kindup.yaml')}@${commit.slice(0, 12)}:2:21`)
    expect(stdout).toContain('name: here  # kindup.yaml:3:7')

    // A commit that is there needs no remote, and one that was trusted no question.
    await rm(at.path('far.git'), { recursive: true })
    expect((await here('up', '--yes', '--trust', commit)).code).toBe(0)
    expect(await isMarked()).toBe(true)
    expect(colour()).toEqual({ colour: 'blue' })
    const again = await here('up')
    expect(again.code).toBe(0)
    expect(again.stderr).not.toContain(commit)
    expect((await here('down')).code).toBe(0)
  })

  it('says what is not there', async () => {
    push()
    expect((await json('plan', '--config', address('//deploy@v9'))).error?.message).toContain('has no branch or tag v9')
    expect((await json('plan', '--config', address('//nowhere'))).error?.code).toBe('config-missing')
    expect((await json('plan', '--config', `file://${at.path('none.git')}`)).error?.code).toBe('remote')
    expect((await json('up', '--watch', '--config', address())).error?.code).toBe('flags')
  })

  it('is fetched over HTTP, at a tag and at a commit', async () => {
    const commit = push()
    git('tag', '--annotate', '--message', 'v1', 'v1')
    git('push', '--quiet', at.path('far.git'), 'v1')
    await using web = await gitServer(at.path())
    for (const ref of ['v1', commit]) {
      const { stderr, code } = await kindup('plan', '--config', `${web.url}/far.git//deploy?ref=${ref}`)
      expect(stderr).toContain(`at ${commit}`)
      expect(code).toBe(0)
    }
  })
})

/** git's own server of repositories over HTTP. */
const gitServer = async (root: string): Promise<AsyncDisposable & { readonly url: string }> => {
  const web: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { stdout } = spawnSync(found, ['http-backend'], {
        input: Buffer.concat(chunks),
        maxBuffer: 64 << 20,
        env: {
          PATH: '/usr/bin:/bin',
          GIT_PROJECT_ROOT: root,
          GIT_HTTP_EXPORT_ALL: '1',
          GIT_CONFIG_COUNT: '1',
          GIT_CONFIG_KEY_0: 'safe.directory',
          GIT_CONFIG_VALUE_0: '*',
          REQUEST_METHOD: request.method ?? 'GET',
          PATH_INFO: url.pathname,
          QUERY_STRING: url.search.slice(1),
          CONTENT_TYPE: request.headers['content-type'] ?? '',
          HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
          GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        },
      })
      const end = stdout.indexOf('\r\n\r\n')
      const headers = stdout
        .subarray(0, end)
        .toString()
        .split('\r\n')
        .map((line) => line.split(/: ?/) as [string, string])
      const status = headers.find(([name]) => name === 'Status')?.[1]
      response.writeHead(
        Number.parseInt(status ?? '200', 10),
        Object.fromEntries(headers.filter(([name]) => name !== 'Status')),
      )
      response.end(stdout.subarray(end + 4))
    })
  })
  await new Promise<void>((done) => web.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(web.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      web.closeAllConnections()
      await new Promise((done) => web.close(done))
    },
  }
}
