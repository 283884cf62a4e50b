import { readId } from '../../../core/identity.ts'
import { Chalk } from 'chalk'
import { expect, it } from 'vitest'
import { EnvironmentError, type KindupError } from '../../../core/errors.ts'
import { narrowed } from '../../../core/narrow.ts'
import { saidOnce, type Problem } from '../../../core/problem.ts'
import { errorPage } from '../../../core/print/error-page.ts'
import { poll, waitFor } from '../../../core/wait.ts'
import { skippedImages } from '../../../manifests/source/skipped-images.ts'
import { diagnosed, failureOf, StepsFailed } from '../../../app/steps-failed.ts'

/** What a look at the cluster says of a node. */
const noNetwork = {
  folder: '/seen',
  unanswered: [],
  causes: [
    {
      about: ['node shop-worker'],
      namespaces: [],
      cause: 'node shop-worker has no pod network yet',
      evidence: [],
      hints: ['look at kindnet'],
      depth: 'node' as const,
    },
  ],
}

it('lays nothing on nodes that nothing has waited for yet', () => {
  const messageOf = (nodes: 'done' | 'not started'): string => {
    const done = [{ id: 'cluster/nodes', result: 'created' as const, seconds: 1 }]
    const failed = [failure('addon/a', 'nothing answers')]
    const outcome = nodes === 'done' ? { done, notStarted: [] } : { done: [], notStarted: ['cluster/nodes'] }
    const error = failureOf({ ...outcome, failed }, 'shop')
    return diagnosed(error as StepsFailed, noNetwork)
      .parts.map(({ message }) => message)
      .join('\n')
  }
  expect(messageOf('done')).toMatch(/^Likely cause: node shop-worker/)
  expect(messageOf('not started')).not.toContain('Likely cause')
})

it('lays nothing on the cluster where what failed is an image that cannot be built', () => {
  const outcome = {
    done: [{ id: 'cluster/nodes', result: 'created' as const, seconds: 1 }],
    failed: ['image/a', 'image/b'].map((id) => ({
      id,
      error: new EnvironmentError('build-failed', `${id} could not be built`),
      seconds: 1,
    })),
    notStarted: [],
  }
  const error = diagnosed(failureOf(outcome, 'shop') as StepsFailed, noNetwork)
  expect(error.parts.map(({ message }) => message)).not.toContainEqual(expect.stringContaining('Likely cause'))
  expect(error.diagnosis).toBe(noNetwork)
})

const failure = (id: string, message: string) => ({ id, error: new EnvironmentError('x', message), seconds: 1 })

it('says a cause that stopped several steps once and first, with the steps in one line', () => {
  const failed = [
    failure('image/api', 'no space left'),
    ...['a', 'b', 'c'].map((name) => failure(`addon/${name}`, 'helm is not here')),
  ]
  expect(failureOf({ done: [], failed, notStarted: [] }, 'shop').message).toBe(
    'helm is not here\n  It stops addon/a, addon/b, and addon/c.\nimage/api: no space left',
  )
})

it('knows a cause by its words, whether or not the step stands before them', () => {
  const failed = [failure('addon/a', 'addon/a: helm is not here'), failure('addon/b', 'helm is not here')]
  expect(failureOf({ done: [], failed, notStarted: [] }, 'shop').message).toBe(
    'helm is not here\n  It stops addon/a and addon/b.',
  )
})

it('sets what to do below the step that it is for', () => {
  const failed = [
    {
      id: 'service/a',
      error: new EnvironmentError('x', 'too little memory', {
        hints: ['raise a'],
        problems: [{ severity: 'error', message: 'It stands here.', at: { file: '/a.yaml', line: 3 } }],
      }),
      seconds: 1,
    },
    {
      id: 'service/b',
      error: new EnvironmentError('x', 'no such image', { hints: ['docker pull b', 'raise a'] }),
      seconds: 1,
    },
  ]
  const page = errorPage(
    failureOf({ done: [], failed, notStarted: [] }, 'shop') as KindupError,
    new Chalk({ level: 0 }),
    '/',
  )
  expect(page.split('\n')).toEqual([
    '✗ service/a: too little memory',
    '  ✗ a.yaml:3 It stands here.',
    '  → raise a',
    '✗ service/b: no such image',
    '  → docker pull b',
    expect.stringContaining('goes on from there'),
  ])
})

it('tells of problems with one cause as one, and of all others as they are', () => {
  const problem = (step: string, cause?: string): Problem => ({
    severity: 'warning',
    message: `${step} is not known`,
    step,
    ...(cause === undefined ? {} : { cause }),
  })
  const all = [problem('addon/a', 'no helm.'), problem('service/x'), problem('addon/b', 'no helm.')]
  expect(saidOnce(all).map(({ message }) => message)).toEqual([
    'addon/a and addon/b: no helm.',
    'service/x is not known',
  ])
  expect(saidOnce(all.slice(0, 2))).toEqual(all.slice(0, 2))
})

it('tells of what comes from the same once, with where else it shows', () => {
  const problem = (line: number, step: string, more: Partial<Problem> = {}): Problem => ({
    severity: 'warning',
    message: `a in line ${line}`,
    at: { file: 'a.yaml', line },
    step,
    root: 'a',
    ...more,
  })
  expect(
    saidOnce([
      problem(1, 'service/x@dev'),
      problem(1, 'service/x@qa', { severity: 'error' }),
      problem(7, 'service/y'),
      problem(9, 'service/z', { root: 'b' }),
    ]),
  ).toEqual([
    {
      ...problem(1, 'service/x@dev', { severity: 'error' }),
      also: { steps: ['service/x@qa', 'service/y'], places: [{ file: 'a.yaml', line: 7 }] },
    },
    problem(9, 'service/z', { root: 'b' }),
  ])
})

it('tells copies of environments once, whatever has no root', () => {
  const copy = (step: string): Problem => ({ severity: 'error', message: 'no', at: { file: 'a', line: 1 }, step })
  expect(saidOnce([copy('service/x@dev'), copy('service/x@qa')])).toEqual([
    { ...copy('service/x@dev'), also: { steps: ['service/x@qa'], places: [] } },
  ])
})

it.each([
  [false, true],
  [true, false],
])('speaks of --timeout only where that governs the wait: fixed %s', async (fixed, speaks) => {
  const waiting = waitFor(
    'The API',
    poll(() => Promise.resolve({ waiting: 'it starts' }), 1),
    {
      timeoutMs: 5,
      fixed,
      signal: new AbortController().signal,
    },
  )
  const error = await waiting.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(EnvironmentError)
  expect((error as EnvironmentError).hints.join().includes('--timeout')).toBe(speaks)
})

it('means a service in all its environments where none is named', () => {
  const step = (id: string) => ({
    id,
    of: readId(id),
    title: id,
    dies: 'with-cluster' as const,
    status: () => Promise.resolve({ state: 'ready' as const }),
    up: () => Promise.resolve(),
    down: () => Promise.resolve(),
  })
  const steps = ['service/web@dev', 'service/web@prod', 'service/webhook@dev'].map(step)
  const ids = (only: string) => narrowed(steps, { only: [only], skip: [] }).map(({ id }) => id)
  expect(ids('service/web')).toEqual(['service/web@dev', 'service/web@prod'])
  expect(ids('service/web@dev')).toEqual(['service/web@dev'])
})

it('says which image a service runs that nobody builds where its step is left out', () => {
  const at = { file: 'kindup.yaml', line: 3 }
  const build = { context: '/web', file: '/web/Dockerfile', args: {} }
  const image = {
    key: 'web',
    name: 'example/web',
    ref: 'example/web:1',
    repository: 'example/web',
    tag: '1',
    inputs: 'x',
    build,
    at,
  }
  const sources = new Map([['service/web@dev', { needs: ['image/web'] }]])
  const left = (taken: readonly string[]) => skippedImages([image], sources, (id) => taken.includes(id))
  expect(left(['service/web@dev'])).toEqual([
    expect.objectContaining({ image: 'example/web:1', problem: expect.objectContaining({ severity: 'error', at }) }),
  ])
  expect(left(['service/web@dev', 'image/web'])).toEqual([])
  expect(left([])).toEqual([])
})
