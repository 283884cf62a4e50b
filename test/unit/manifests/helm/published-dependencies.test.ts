import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { makeRun } from '../../../../core/run.ts'
import { makeReady } from '../../../../services/deploy/late-render.ts'
import { chartParts, isInStep } from '../../../../manifests/helm/chart-yaml.ts'
import { lackingOf } from '../../../../manifests/helm/dependencies.ts'
import { collectSources, rendererOf } from '../../../../manifests/sources.ts'
import { planContextOf } from '../../../../manifests/source/plan-context.ts'
import { madeConfig } from '../../../support/made-config.ts'
import { madeDeployable } from '../made-deployable.ts'
import { helms, temporary, toolsWith } from './helms.ts'

/** Beside the server of this process. */
const program = promisify(execFile)

const written = async (folder: string, files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
}
const meta = (name: string, version: string, dependencies: readonly string[] = []) =>
  `apiVersion: v2\nname: ${name}\nversion: ${version}\n${dependencies.length > 0 ? `dependencies:\n${dependencies.map((one) => `  - ${one}\n`).join('')}` : ''}`
const map = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`

/** A chart repository with redis 1.0.0, 1.2.0 and 2.0.0; with a login where one is given. */
const chartServer = async (folder: string, login?: string) => {
  const versions = ['1.0.0', '1.2.0', '2.0.0']
  for (const version of versions) {
    await written(folder, {
      'redis/Chart.yaml': meta('redis', version),
      'redis/templates/r.yaml': `${map('redis-{{ .Chart.Version | replace "." "-" }}-{{ .Chart.Name }}')}data: { x: z }\n`,
    })
    await program('tar', ['-czf', join(folder, `redis-${version}.tgz`), '-C', folder, 'redis'])
  }
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    if (login !== undefined && request.headers.authorization !== `Basic ${Buffer.from(login).toString('base64')}`) {
      response.writeHead(401).end()
      return
    }
    asked.push(path)
    if (path === '/index.yaml') {
      const entries = versions.map(
        (version) => `  - { apiVersion: v2, name: redis, version: ${version}, urls: [redis-${version}.tgz] }\n`,
      )
      response.end(`apiVersion: v1\nentries:\n  redis:\n${entries.join('')}`)
      return
    }
    void readFile(join(folder, path)).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const planned = (folder: string, helm: (typeof helms)[number], log: (line: string) => void = () => {}) => {
  const web = madeDeployable('service/web', {
    source: { kind: 'helm', chart: { chart: join(folder, 'app') }, release: 'web', values: [] },
    at: { file: 'kindup.yaml', line: 3 },
  })
  const deps = {
    config: madeConfig(),
    images: [],
    run: makeRun({ log }),
    tools: toolsWith({ helm }),
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      KINDUP_CACHE: join(folder, 'cache'),
      HELM_REPOSITORY_CONFIG: join(folder, 'repositories.yaml'),
    },
  }
  const plan = async () => {
    const found = (await collectSources([web], deps)).get('service/web')
    if (!found) throw new Error('it was not planned')
    return found
  }
  return {
    plan,
    /** As `up` makes it ready. */
    up: async () => {
      const whole = planContextOf(deps, [web], [], () => undefined)
      return makeReady(web, await plan(), whole, rendererOf(deps), new AbortController().signal)
    },
  }
}
const names = (objects: readonly { readonly object: { readonly metadata: { readonly name: string } } }[] | undefined) =>
  objects?.map(({ object }) => object.metadata.name).toSorted()

for (const helm of helms)
  describe.skipIf(helm.path === '')(`published charts that a chart names, with helm ${helm.major}`, () => {
    it('are fetched by `up`, once, and put into a copy; a plan says that they will be', async () => {
      await using at = await temporary()
      await using server = await chartServer(join(at.folder, 'repo'))
      await written(at.folder, {
        'app/Chart.yaml': meta('app', '1.0.0', [
          `{ name: redis, version: ">=1.0.0, <2.0.0", repository: "${server.url}", alias: cache }`,
        ]),
        'app/templates/a.yaml': map('app'),
      })
      const { plan, up } = planned(at.folder, helm)
      const before = await plan()
      expect(before.why).toBe(
        `redis >=1.0.0, <2.0.0 (${join(at.folder, 'app/Chart.yaml')}:5), which its chart depends on, has not been fetched yet`,
      )
      expect(before.problems).toMatchObject([{ severity: 'warning' }])
      expect(server.asked).toEqual([])
      const { rendered } = await up()
      expect(names(rendered.objects)).toEqual(['app', 'redis-1-2-0-cache'])
      const asked = server.asked.length
      const after = await plan()
      expect(names(after.objects)).toEqual(['app', 'redis-1-2-0-cache'])
      expect(after.problems).toEqual([])
      expect(after.fingerprint).toEqual(rendered.fingerprint)
      // The archive, and the file in it.
      expect(after.objects?.map(({ at: place }) => place.file).find((file) => file.includes('redis'))).toMatch(
        /redis-1\.2\.0\.tgz!\/templates\/r\.yaml$/,
      )
      expect(server.asked).toHaveLength(asked)
      expect(await readdir(join(at.folder, 'app'))).toEqual(['Chart.yaml', 'templates'])
    })

    it('are those of the lock, as helm made it, and of the first generation of charts too', async () => {
      await using at = await temporary()
      await using server = await chartServer(join(at.folder, 'repo'))
      const dependency = `{ name: redis, version: 1.x.x, repository: "${server.url}", condition: a&b.<c>, tags: [x], import-values: [z, { parent: p, child: c }] }`
      await written(at.folder, {
        'app/Chart.yaml': 'apiVersion: v1\nname: app\nversion: 1.0.0\n',
        'app/requirements.yaml': `dependencies:\n  - ${dependency}\n`,
        'app/templates/a.yaml': map('app'),
      })
      const { plan, up } = planned(at.folder, helm)
      await program(helm.path, ['dependency', 'update', join(at.folder, 'app')], {
        env: { HOME: at.folder, PATH: process.env['PATH'] },
      })
      await rm(join(at.folder, 'app/charts'), { recursive: true })
      expect(isInStep(chartParts(join(at.folder, 'app')), [server.url])).toBe(true)
      expect(names((await up()).rendered.objects)).toEqual(['app', 'redis-1-2-0-redis'])
      await writeFile(
        join(at.folder, 'app/requirements.yaml'),
        `dependencies:\n  - ${dependency.replace('1.x.x', '2.x.x')}\n`,
      )
      expect((await plan()).problems).toEqual([
        {
          severity: 'error',
          step: 'service/web',
          at: { file: join(at.folder, 'app/requirements.lock') },
          message: `This lock was made for other dependencies than ${join(at.folder, 'app/requirements.yaml')} names now.`,
          hint: `helm dependency update ${join(at.folder, 'app')}`,
        },
      ])
    })

    it('are fetched with the login of a repository that the user added, by its name or address', async () => {
      await using at = await temporary()
      await using server = await chartServer(join(at.folder, 'repo'), 'me:s3cret')
      await written(at.folder, {
        'app/Chart.yaml': meta('app', '1.0.0', ['{ name: redis, version: 2.0.0, repository: "@own" }']),
        'app/templates/a.yaml': map('app'),
        'repositories.yaml': `apiVersion: ""\ngenerated: "0001-01-01T00:00:00Z"\nrepositories:\n- { name: own, url: "${server.url}/", username: me, password: s3cret }\n`,
      })
      const { up } = planned(at.folder, helm)
      expect(names((await up()).rendered.objects)).toEqual(['app', 'redis-2-0-0-redis'])
    })

    it.each(['@own', undefined])(
      'are fetched with the login that an address holds (%s), which no argument does',
      async (named) => {
        await using at = await temporary()
        await using server = await chartServer(join(at.folder, 'repo'), 'me:s3cret')
        const address = server.url.replace('://', '://me:s3cret@')
        await written(at.folder, {
          'app/Chart.yaml': meta('app', '1.0.0', [
            `{ name: redis, version: 2.0.0, repository: "${named ?? address}" }`,
          ]),
          'app/templates/a.yaml': map('app'),
          'repositories.yaml': `apiVersion: ""\nrepositories:\n- { name: own, url: "${address}" }\n`,
        })
        const ran: string[] = []
        const { up } = planned(at.folder, helm, (line) => void ran.push(line))
        expect(names((await up()).rendered.objects)).toEqual(['app', 'redis-2-0-0-redis'])
        expect(ran.join('\n')).toContain('helm pull')
        expect(ran.join('\n')).not.toMatch(/s3cret|me:|\*\*\*/)
        await written(at.folder, {
          'app/Chart.yaml': meta('app', '1.0.0', [
            `{ name: redis, version: 9.0.0, repository: "${named ?? address}" }`,
          ]),
        })
        const refused = await up().catch((error: unknown) => error)
        expect(refused).toMatchObject({ code: 'chart-unreachable' })
        expect(JSON.stringify([refused, String(refused), ran])).not.toContain('s3cret')
      },
    )

    it('end `up` with their line where they cannot be had', async () => {
      await using at = await temporary()
      await using server = await chartServer(join(at.folder, 'repo'))
      await written(at.folder, {
        'app/Chart.yaml': meta('app', '1.0.0', [`{ name: redis, version: 3.x.x, repository: "${server.url}" }`]),
      })
      await expect(planned(at.folder, helm).up()).rejects.toMatchObject({
        code: 'chart-unreachable',
        message: expect.stringContaining(
          `${join(at.folder, 'app/Chart.yaml')}:5: The chart redis of ${server.url} 3.x.x could not be fetched`,
        ),
      })
    })
  })

describe('what a chart lacks and nobody can bring', () => {
  it.each([
    [
      '{ name: x, version: 1.0.0, repository: "@lost" }',
      'The repository of x is @lost, which helm does not know on this machine.',
    ],
    [
      '{ name: x, version: 1.0.0, repository: "alias:lost" }',
      'The repository of x is alias:lost, which helm does not know on this machine.',
    ],
    [
      '{ name: x, version: 1.0.0, repository: stable }',
      'stable is no repository: x is looked for at an address, or at one that helm knows.',
    ],
    ['{ name: x, version: 1.0.0, repository: "file://../none" }', 'which is no chart.'],
    ['{ name: x, version: 1.0.0, repository: "file://../lib" }', 'which is the chart lib.'],
    ['{ name: lib, version: ^2.0.0, repository: "file://../lib" }', 'depends on lib ^2.0.0, and'],
    ['{ name: x, version: 1.0.0 }', 'which its charts/ folder does not hold'],
  ])('%s', async (dependency, said) => {
    await using at = await temporary()
    await written(at.folder, {
      'app/Chart.yaml': meta('app', '1.0.0', [dependency]),
      'lib/Chart.yaml': meta('lib', '1.2.0'),
    })
    const [found] = lackingOf(join(at.folder, 'app'), { HELM_REPOSITORY_CONFIG: '/none' })
    expect(found).toMatchObject({
      kind: 'nowhere',
      problem: { at: { line: 5 }, message: expect.stringContaining(said) },
    })
  })

  it('is asked of a registry by its whole name', async () => {
    await using at = await temporary()
    await written(at.folder, {
      'app/Chart.yaml': meta('app', '1.0.0', ['{ name: x, version: 1.0.0, repository: "oci://r.test/charts/" }']),
    })
    expect(lackingOf(join(at.folder, 'app'), {})).toMatchObject([
      { kind: 'published', chart: { chart: 'oci://r.test/charts/x', version: '1.0.0' } },
    ])
  })
})
