import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../../../cluster/cluster.ts'
import type { BuildRequest, Engine, EngineImage } from '../../../../cluster/engine/engine.ts'
import type { ResolvedImage } from '../../../../cluster/images/images.ts'
import { namedNodes } from '../../../../cluster/nodes/may-run.ts'
import { imageSteps } from '../../../../cluster/images/steps.ts'
import type { ServiceConfig } from '../../../../config/config.ts'
import { EnvironmentError } from '../../../../core/errors.ts'
import { CommandError } from '../../../../core/run.ts'
import type { Context, Step } from '../../../../core/step.ts'
import { madeConfig, madeNode } from '../../../support/made-config.ts'

const nodes = [madeNode('control-plane'), madeNode('worker', { labels: { tier: 'back' } }), madeNode('worker')]

/** An engine and nodes that hold what they were given, and throw on anything else. */
const world = (held: Record<string, string> = {}, inNodes: readonly string[] = [], fails?: CommandError) => {
  const images = new Map(Object.entries(held))
  const did: string[] = []
  const engine: Pick<Engine, 'command' | 'image' | 'build'> = {
    command: 'docker',
    image: (ref) => {
      const inputs = images.get(ref)
      const image: EngineImage = {
        id: 'sha256:1',
        labels: { 'dev.kindup.inputs': inputs ?? '' },
        architecture: 'amd64',
        repoDigests: [],
      }
      return Promise.resolve(inputs === undefined ? undefined : image)
    },
    build: async (request: BuildRequest) => {
      const bases = Object.entries(request.bases ?? {}).map(([name, ref]) => ` with ${name} as ${ref}`)
      did.push(`build ${request.tag}${bases.join('')}`)
      if (fails) throw fails
      await Promise.resolve()
      images.set(request.tag, request.labels['dev.kindup.inputs'] ?? '')
      did.push(`built ${request.tag}`)
    },
  }
  const cluster = {
    nodes: namedNodes('demo', nodes),
    engine: () => Promise.resolve(engine as Engine),
    missing: (refs: readonly string[]) => Promise.resolve(refs.filter((ref) => !inNodes.includes(ref))),
    load: (refs: readonly string[], containers: readonly string[]) => {
      did.push(`load ${refs.join()} into ${containers.join()}`)
      return Promise.resolve(refs)
    },
    loadEarly: (refs: readonly string[], containers: readonly string[]) =>
      void did.push(`early ${refs.join()} into ${containers.join()}`),
  } as unknown as Cluster
  return { cluster, did }
}

const built = (key: string, more: Partial<ResolvedImage> = {}): ResolvedImage => ({
  key,
  name: key,
  ref: `${key}:1`,
  repository: key,
  tag: '1',
  inputs: `inputs-of-${key}`,
  build: { context: `/src/${key}`, file: `/src/${key}/Dockerfile`, args: {} },
  at: { file: 'kindup.yaml' },
  ...more,
})

const override = (ref: string | undefined): ResolvedImage => {
  const { build: _, ...rest } = built('web')
  return { ...rest, ref }
}

const ctx: Context = {
  signal: new AbortController().signal,
  timeoutMs: 120_000,
  report: () => undefined,
  warn: () => undefined,
}

const only = (steps: ReturnType<typeof imageSteps>) => {
  const [step] = steps
  if (!step) throw new Error('no step')
  return step
}

const config = madeConfig({ nodes })

const prepared = (step: Step): Promise<void> => step.prepare?.(ctx, true) ?? Promise.resolve()

const states = async (held: Record<string, string>, inNodes: readonly string[]) =>
  (await only(imageSteps(config, [built('web')], world(held, inNodes).cluster)).status(ctx)).state

describe('an image step', () => {
  it('is absent, changed or ready by the label of the engine and what the nodes hold', async () => {
    expect(await states({}, [])).toBe('absent')
    expect(await states({ 'web:1': 'older' }, ['web:1'])).toBe('changed')
    expect(await states({ 'web:1': 'inputs-of-web' }, [])).toBe('absent')
    expect(await states({ 'web:1': 'inputs-of-web' }, ['web:1'])).toBe('ready')
  })

  it('builds while the cluster starts, then puts it into the nodes, and builds nothing twice', async () => {
    const { cluster, did } = world()
    const step = only(imageSteps(config, [built('web')], cluster))
    await prepared(step)
    expect(did).toEqual(['build web:1', 'built web:1', 'early web:1 into demo-worker,demo-worker2'])
    await step.up(ctx)
    expect(did.slice(3)).toEqual(['load web:1 into demo-worker,demo-worker2'])
  })

  it('goes only to the nodes of its service, or to those it is told', async () => {
    const service = { name: 'web', placement: { tier: 'back' } } as unknown as ServiceConfig
    const loaded = async (
      ...more: Parameters<typeof imageSteps> extends [unknown, unknown, unknown, ...infer R] ? R : never
    ) => {
      const { cluster, did } = world({ 'web:1': 'inputs-of-web' })
      await only(imageSteps(madeConfig({ nodes, services: [service] }), [built('web')], cluster, ...more)).up(ctx)
      return did
    }
    expect(await loaded()).toEqual(['load web:1 into demo-worker'])
    expect(await loaded({ nodesOf: () => ['demo-control-plane'] })).toEqual(['load web:1 into demo-control-plane'])
    expect(await loaded({ nodesOf: () => [] })).toEqual([])
  })

  it('builds a base once and first, also when both begin at the same time', async () => {
    const { cluster, did } = world()
    const steps = imageSteps(
      config,
      [built('web', { bases: ['base'] }), built('base'), built('api', { bases: ['base'] })],
      cluster,
    )
    await Promise.all(steps.map((step) => prepared(step)))
    expect(did.filter((line) => line === 'build base:1')).toHaveLength(1)
    expect(did.indexOf('built base:1')).toBeLessThan(did.indexOf('build web:1'))
    expect(did.indexOf('built base:1')).toBeLessThan(did.indexOf('build api:1'))
  })

  it('makes the bare name of a base mean what is built here', async () => {
    const { cluster, did } = world()
    const early = 'early web:1 into demo-worker,demo-worker2'
    const web = built('web', { bases: ['base'], basesByName: [{ key: 'base', reference: 'base' }] })
    const [step] = imageSteps(config, [web, built('base')], cluster)
    await (step && prepared(step))
    expect(did).toEqual(['build base:1', 'built base:1', 'build web:1 with base as base:1', 'built web:1', early])
  })

  it('needs no cluster where it goes to no node', () => {
    const steps = imageSteps(config, [built('web', { bases: ['base'] }), built('base')], world().cluster)
    expect(steps.map(({ id, needs }) => [id, needs])).toEqual([
      ['image/web', ['cluster/api']],
      ['image/base', []],
    ])
  })

  it('is unknown where no engine answers: a base waits for no cluster', async () => {
    const none = new EnvironmentError('engine-unreachable', 'No container engine answers.')
    const cluster: Cluster = { ...world().cluster, engine: () => Promise.reject(none) }
    const steps = imageSteps(config, [built('web', { bases: ['base'] }), built('base')], cluster)
    const base = steps.find(({ id }) => id === 'image/base')
    expect(await base?.status(ctx)).toEqual({ state: 'unknown', why: 'No container engine answers.' })
  })

  it('leaves a base that nobody else runs in the engine', async () => {
    const { cluster, did } = world({ 'web:1': 'inputs-of-web', 'base:1': 'inputs-of-base' })
    const steps = imageSteps(config, [built('web', { bases: ['base'] }), built('base')], cluster)
    await Promise.all(steps.map((step) => step.up(ctx)))
    expect(did).toEqual(['load web:1 into demo-worker,demo-worker2'])
  })

  it('loads an override that the engine holds, leaves another to the nodes, and makes none of an empty one', async () => {
    const here = world({ 'web:7': 'anything' })
    const step = only(imageSteps(config, [override('web:7')], here.cluster))
    expect((await step.status(ctx)).state).toBe('absent')
    await prepared(step)
    await step.up(ctx)
    expect(here.did).toEqual(['early web:7 into demo-worker,demo-worker2', 'load web:7 into demo-worker,demo-worker2'])

    const away = world()
    const pulled = only(imageSteps(config, [override('reg.test/web:7')], away.cluster))
    await pulled.up(ctx)
    expect(away.did).toEqual([])
    expect((await pulled.status(ctx)).state).toBe('ready')
    expect(imageSteps(config, [override(undefined)], away.cluster)).toEqual([])
  })
})

const failure = (stderr: string, stdout = '') =>
  new CommandError('command-failed', 'it failed', { command: 'docker build .', exitStatus: 1, stdout, stderr })
const errorOf = async (error: CommandError, file = '/src/web/Dockerfile'): Promise<EnvironmentError> => {
  const step = only(
    imageSteps(
      config,
      [built('web', { build: { context: '/src/web', file, args: {} } })],
      world({}, [], error).cluster,
    ),
  )
  try {
    await prepared(step)
  } catch (thrown) {
    if (thrown instanceof EnvironmentError) return thrown
    throw thrown
  }
  throw new Error('it was built')
}

describe('a build that fails', () => {
  it('names the step and the line of the Dockerfile, as BuildKit tells them', async () => {
    const error = await errorOf(
      failure(
        [
          '#5 0.241 npm error missing script: build',
          'ERROR: failed to solve: process "/bin/sh -c npm run build" did not complete successfully: exit code: 1',
          'Dockerfile:3',
          '--------------------',
          '   1 |     FROM node',
          '   2 |     COPY . .',
          '   3 | >>> RUN npm run build',
          '   4 |     CMD x',
        ].join('\n'),
      ),
    )
    expect(error.code).toBe('build-failed')
    expect(error.message).toContain('`RUN npm run build`')
    expect(error.message).toContain('missing script: build')
    expect(error.problems[0]?.at).toEqual({ file: '/src/web/Dockerfile', line: 3 })
    expect(error.hints[0]).toContain('docker build .')
  })

  const probed = [
    '#3 [internal] load metadata for docker.io/nosuch/base:1',
    '#3 ERROR: pull access denied, repository does not exist or may require authorization',
    '------',
    ' > [internal] load metadata for docker.io/nosuch/base:1:',
    '------',
    'ERROR: failed to solve: pull access denied, repository does not exist or may require authorization',
  ].join('\n')
  const classic =
    'Step 1/4 : FROM busybox:1.38\n ---> 2\nStep 3/4 : FROM nosuch/base:1 AS b\nGet "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host'
  it.each([
    ['BuildKit', probed],
    ['a classic builder', classic],
  ])('names the base image that is nowhere, and its line, as %s tells it', async (_, output) => {
    const folder = mkdtempSync(join(tmpdir(), 'kindup-build-'))
    const file = join(folder, 'Dockerfile')
    writeFileSync(file, 'FROM busybox:1.38\n# nosuch/base:1\nRUN true\nFROM nosuch/base:1 AS b\n')
    const error = await errorOf(failure(output), file)
    rmSync(folder, { recursive: true })
    expect(error.message).toMatch(
      /^The base image nosuch\/base:1 is not built from the file, not in docker, and cannot be pulled: (pull access denied|.*no such host)[^\n]*\.$/,
    )
    expect(error.problems[0]?.at).toEqual({ file, line: 4 })
    expect(error.hints).toContainEqual(expect.stringContaining('with name: nosuch/base'))
  })

  it('says the same of all images on a base that is nowhere, whatever stands around it', async () => {
    const other = `#1 [internal] load build definition\n${probed.replace('#3', '#4')}\nDockerfile:9`
    const messages = await Promise.all([probed, other].map(async (output) => (await errorOf(failure(output))).message))
    expect(new Set(messages).size).toBe(1)
  })

  it('takes a step that fails to reach something for no missing base', async () => {
    const error = await errorOf(failure('curl: (7) connection refused', 'Step 1/2 : FROM a\nStep 2/2 : RUN curl x'))
    expect(error.message).toContain('it failed at `RUN curl x`')
  })

  it('says which image of the file was nearly meant', async () => {
    const images = [built('web'), built('base', { name: 'nosuch/base', ref: 'nosuch/base:3f2a' })]
    const [step] = imageSteps(config, images, world({}, [], failure(probed)).cluster)
    await expect(step && prepared(step)).rejects.toMatchObject({
      hints: expect.arrayContaining([expect.stringContaining('Image base of the file is nosuch/base:3f2a')]),
    })
  })

  it('says what to do about a full disk', async () => {
    const error = await errorOf(failure('ERROR: write /var/lib/docker/tmp/1: no space left on device'))
    expect(error.hints).toContainEqual(expect.stringContaining('docker system prune'))
  })

  it('names the step as a classic builder tells it', async () => {
    const error = await errorOf(
      failure(
        "The command '/bin/sh -c false' returned a non-zero code: 1",
        'Step 1/2 : FROM a\n ---> 1\nStep 2/2 : RUN false\n ---> Running in 2',
      ),
    )
    expect(error.message).toContain('`RUN false`')
    expect(error.message).toContain('non-zero code: 1')
  })

  it('names the step as an older BuildKit tells it, and finds its line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kindup-build-'))
    const file = join(folder, 'Dockerfile')
    writeFileSync(file, 'FROM a\n# why\nRUN echo it && \\\n    false\nRUN true\n')
    const error = await errorOf(
      failure(' > [2/2] RUN echo it &&     false:\n0.7 it\nERROR: failed to solve: exit code: 1'),
      file,
    )
    rmSync(folder, { recursive: true })
    expect(error.message).toContain('RUN echo it')
    expect(error.problems[0]?.at).toEqual({ file, line: 3 })
  })

  it('can be tried again', async () => {
    const step = only(imageSteps(madeConfig({ nodes }), [built('web')], world({}, [], failure('no')).cluster))
    await expect(prepared(step)).rejects.toThrow('could not be built')
    await expect(prepared(step)).rejects.toThrow('could not be built')
  })
})
