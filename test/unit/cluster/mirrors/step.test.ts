import { expect, it } from 'vitest'
import { mayFail } from '../../../../cluster/mirrors/step.ts'
import { EnvironmentError, StoppedError } from '../../../../core/errors.ts'
import { makePlan } from '../../../../core/plan.ts'
import type { Step } from '../../../../core/step.ts'
import { walk } from '../../../../core/walk.ts'
import { context, step } from '../../../support/steps.ts'

const away = () => Promise.reject(new EnvironmentError('registry-image', 'There is no registry:3.'))
const mirror = (parts: Pick<Partial<Step>, 'prepare' | 'up'>) => mayFail(step('mirror/docker.io', parts))

it('fails neither early nor late, and is told of once', async () => {
  const warnings: string[] = []
  const { done, failed, notStarted } = await walk(
    makePlan([mirror({ prepare: away, up: away }), step('later')], new Map()),
    { signal: new AbortController().signal, timeoutMs: 120_000, warn: (_id, text) => void warnings.push(text) },
  )
  expect([failed, notStarted]).toEqual([[], []])
  expect(done.map(({ id, result }) => `${id} ${result}`).toSorted()).toEqual([
    'later created',
    'mirror/docker.io unchanged',
  ])
  expect(warnings).toEqual([
    'the mirror/docker.io: There is no registry:3. The nodes ask the upstream itself meanwhile.',
  ])
})

it('is made after all where only the preparation failed', async () => {
  let made = 0
  const one = mirror({ prepare: away, up: async () => void made++ })
  await one.prepare?.(context(), true)
  expect(await one.up(context())).toBeUndefined()
  expect(made).toBe(1)
})

it('does not hide a defect, nor that the run was stopped', async () => {
  const broken = () => Promise.reject(new TypeError('no such function'))
  await expect(mirror({ prepare: broken }).prepare?.(context(), true)).rejects.toThrow('no such function')
  const stopped = new AbortController()
  stopped.abort(new StoppedError())
  await expect(mirror({ prepare: away }).prepare?.(context(stopped.signal), true)).rejects.toThrow(StoppedError)
})
