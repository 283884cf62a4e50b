import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeRun } from '../../../../core/run.ts'
import { StoppedError } from '../../../../core/errors.ts'
import type { Tools } from '../../../../cluster/tools/tools.ts'
import type { Cluster } from '../../../../cluster/cluster.ts'
import { makeHooks, type SharedRuns } from '../../../../services/hooks/hooks.ts'
import type { Hook, Hooks } from '../../../../manifests/deployable.ts'
import { context } from '../../../support/steps.ts'
import { temporary } from '../../manifests/helm/helms.ts'

const hook = (name: string, line: string, more: Partial<Hook> = {}): Hook => ({
  name,
  run: ['sh', '-c', line],
  in: '/tmp',
  cluster: false,
  env: {},
  at: { file: 'kindup.yaml', line: 7 },
  ...more,
})
const hooks = (parts: Partial<Hooks>): Hooks => ({ before: [], after: [], variables: {}, secrets: [], ...parts })

const hinted = (hint: string) => ({ hint: expect.stringContaining(hint) as string })

/** Real programs in a folder of their own; `log` is what they wrote there, line by line. */
const world = async () => {
  const made = await temporary()
  const path = (name: string) => join(made.folder, name)
  const found = (name: 'kubectl' | 'helm') => () =>
    Promise.resolve({ name, path: path(name), version: '1', from: 'path' as const })
  const cluster = {
    run: makeRun(),
    kubeconfig: () => Promise.resolve('/kindup/kubeconfig'),
    tools: { kubectl: found('kubectl'), helm: found('helm') } satisfies Partial<Tools>,
  } as unknown as Cluster
  const shared: SharedRuns = new Map()
  return {
    path,
    around: (parts: Partial<Hooks>, id = 'service/web@dev') => makeHooks(id, hooks(parts), { cluster, shared }),
    write: (name: string, line: string, more: Partial<Hook> = {}) =>
      hook(name, `${line} >> log`, { in: made.folder, ...more }),
    log: async () => (existsSync(path('log')) ? (await readFile(path('log'), 'utf8')).trim().split('\n') : []),
    [Symbol.asyncDispose]: () => made[Symbol.asyncDispose](),
  }
}

describe('hooks', () => {
  it('run in order, each in its folder; those behind one that wants the cluster wait for it', async () => {
    await using at = await world()
    const { early, before, after } = at.around({
      before: [
        at.write('a', 'sleep 0.05; echo a'),
        at.write('b', 'echo b'),
        at.write('c', 'echo "c $KUBECONFIG $KINDUP_ENV"', { cluster: true }),
        at.write('d', 'echo d'),
      ],
      after: [at.write('e', 'echo "e $KUBECONFIG $KINDUP_ENV $MINE"', { env: { MINE: 'own' } })],
      variables: { KINDUP_ENV: 'dev' },
    })
    await early(context())
    expect(await at.log()).toEqual(['a', 'b'])
    await before(context())
    expect(await at.log()).toEqual(['a', 'b', 'c /kindup/kubeconfig dev', 'd'])
    await after(context())
    expect((await at.log()).at(-1)).toBe('e /kindup/kubeconfig dev own')
  })

  it('run before a deployment that nothing prepared too, and again before the next one', async () => {
    await using at = await world()
    const { early, before } = at.around({ before: [at.write('a', 'echo a')] })
    await before(context())
    await early(context())
    await before(context())
    expect(await at.log()).toEqual(['a', 'a'])
  })

  it('are run once for all environments that ask at the same time and differ in nothing', async () => {
    await using at = await world()
    const same = at.write('tests', 'sleep 0.1; echo tests')
    const other = (env: string) => at.write('tests', 'sleep 0.1; echo $STAGE', { env: { STAGE: env } })
    const contexts = [context(), context()]
    await Promise.all([
      at.around({ before: [same, other('dev')] }, 'service/web@dev').early(contexts[0]!),
      at.around({ before: [same, other('prod')] }, 'service/web@prod').early(contexts[1]!),
    ])
    expect((await at.log()).toSorted()).toEqual(['dev', 'prod', 'tests'])
    await at.around({ before: [same] }).early(context())
    expect(await at.log()).toHaveLength(4)
  })

  it('say to the other environment whose run failed', async () => {
    await using at = await world()
    const bad = at.write('tests', 'sleep 0.1; exit 1 ')
    const ends = await Promise.allSettled(
      ['dev', 'prod'].map((env) => at.around({ before: [bad] }, `service/web@${env}`).early(context())),
    )
    const messages = ends.map((end) => (end.status === 'rejected' ? (end.reason as Error).message : ''))
    expect(messages).toEqual([
      'The hook `tests` failed (exit 1).',
      'The hook `tests` failed, as service/web@dev tells.',
    ])
  })

  it('stop at the first that fails: with its name, last lines, exit status and place, and no secret', async () => {
    await using at = await world()
    const ctx = context()
    const lines = 'for i in $(seq 20); do echo line $i with hunter2; done; echo oh no >&2; exit 3'
    const failing = hook('unit tests', lines, { in: at.path('.'), env: { API_TOKEN: 'hunter2' } })
    const { early } = at.around({ before: [failing, at.write('next', 'echo next')], secrets: ['hunter2'] })
    const error = await early(ctx).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'hook-failed',
      exitCode: 1,
      problems: [{ at: { file: 'kindup.yaml', line: 7 }, message: expect.stringContaining('sh -c') }],
    })
    const { message } = error as Error
    expect(message).toContain('The hook `unit tests` failed (exit 3).\nIts last lines:')
    expect(message).toContain('  line 20 with ***')
    expect(message).toContain('  oh no')
    expect(message).not.toContain('line 5 ')
    expect(`${JSON.stringify(error)}${message}${ctx.reports.join('')}`).not.toContain('hunter2')
    expect(ctx.reports).toContain('unit tests: line 1 with ***')
    expect(await at.log()).toEqual([])
  })

  it.each([
    [
      'a program that is not there',
      { run: ['no-such-program'] },
      'there is no program `no-such-program`',
      hinted('Install it'),
    ],
    ['a line of shell', { run: ['npm test'] }, 'there is no program `npm test`', hinted('[sh, -c, "…"]')],
    ['a path that is none', { run: ['./nope.sh'] }, 'there is no program `./nope.sh`', hinted('chmod +x')],
    ['a folder that is gone', { in: '/no/such/folder' }, 'there is no folder /no/such/folder', {}],
  ])('name %s', async (_what, more, message, hint) => {
    await using at = await world()
    const { early } = at.around({ before: [hook('tests', 'true', { in: at.path('.'), ...more })] })
    await expect(early(context())).rejects.toMatchObject({
      code: 'hook-failed',
      message: expect.stringContaining(`The hook \`tests\` cannot begin: ${message}`),
      problems: [{ at: { line: 7 }, ...hint }],
    })
  })

  it('end with all that they started, when the run is stopped and when their time is over', async () => {
    await using at = await world()
    const long = at.write('long', '(sleep 60 & echo $! > child; wait)')
    const isAlive = async (): Promise<boolean> => {
      const state = await readFile(`/proc/${(await readFile(at.path('child'), 'utf8')).trim()}/stat`, 'utf8').catch(
        () => ' Z ',
      )
      return !/\) Z /.test(state) && state !== ' Z '
    }
    const stop = new AbortController()
    const stopped = at.around({ before: [long] }).early({
      ...context(stop.signal),
      report: () => undefined,
    })
    await expect.poll(() => existsSync(at.path('child'))).toBe(true)
    await expect.poll(() => readFile(at.path('child'), 'utf8')).toMatch(/\d/)
    stop.abort(new StoppedError())
    await expect(stopped).rejects.toBeInstanceOf(StoppedError)
    await expect.poll(isAlive).toBe(false)
    await expect(at.around({ before: [long] }).early({ ...context(), timeoutMs: 2_000 })).rejects.toMatchObject({
      message: expect.stringContaining('The hook `long` did not end within'),
    })
    await expect.poll(isAlive).toBe(false)
  })

  it('take kubectl and helm from kindup where they see the cluster', async () => {
    await using at = await world()
    for (const name of ['kubectl', 'helm'])
      await writeFile(at.path(name), `#!/bin/sh\necho "${name} $*" >> ${at.path('log')}\n`, { mode: 0o755 })
    const after = ['kubectl', 'helm'].map((name) => hook(name, '', { run: [name, 'version'], in: at.path('.') }))
    await at.around({ after }).after(context())
    expect(await at.log()).toEqual(['kubectl version', 'helm version'])
  })
})
