import { expect, it } from 'vitest'
import { EnvironmentError, stopReason } from '../../../../core/errors.ts'
import { makePlan, type Plan } from '../../../../core/plan.ts'
import { startWalking, type Ended, type Task } from '../../../../app/watch/walking.ts'
import { context, step } from '../../../support/steps.ts'

const task = { hash: 'a', paths: [], since: 0 } as unknown as Task
const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(stopReason(signal))))
const begin = (work: Parameters<typeof startWalking>[2], signal = new AbortController().signal) => {
  const ended = Promise.withResolvers<Ended>()
  return { walking: startWalking(task, signal, work, ended.resolve), ended: ended.promise }
}

it('tells what was done, and what went wrong', async () => {
  const steps = [{ id: 'a', result: 'updated' as const, seconds: 1 }]
  expect(await begin(() => Promise.resolve(steps)).ended).toEqual({ task, steps })
  const error = new EnvironmentError('build-failed', 'no')
  expect(await begin(() => Promise.reject(error)).ended).toEqual({ task, error })
})

it('gives way to a newer save at once', async () => {
  const { walking, ended } = begin((signal) => aborted(signal))
  walking.stop()
  expect(walking.isStopped()).toBe(true)
  expect(await ended).toEqual({ task, superseded: true })
})

it('is stopped by the user and nothing else when both come', async () => {
  const user = new AbortController()
  const { walking, ended } = begin((signal) => aborted(signal), user.signal)
  user.abort()
  walking.stop()
  expect(await ended).toMatchObject({ error: { code: 'stopped' } })
})

it('gives way only once the cluster is made, where it makes one', async () => {
  const made = Promise.withResolvers<undefined>()
  const plan = makePlan([step('cluster/api', { up: () => made.promise }), step('service/web')], new Map())
  const order: string[] = []
  const work = async (signal: AbortSignal, planned: (plan: Plan) => Plan) => {
    const [api] = planned(plan)
    const stopped = aborted(signal).catch((error: unknown) => {
      order.push('stopped')
      throw error
    })
    await api?.step.up(context(signal))
    order.push('made')
    return stopped
  }
  const { walking, ended } = begin(work)
  walking.stop()
  expect(walking.isStopped()).toBe(true)
  made.resolve(undefined)
  expect(await ended).toEqual({ task, superseded: true })
  expect(order.toSorted()).toEqual(['made', 'stopped'])
})
