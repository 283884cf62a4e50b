import { describe, expect, it } from 'vitest'
import { EnvironmentError, StoppedError } from '../../../core/errors.ts'
import { makePlan } from '../../../core/plan.ts'
import type { Status, Step } from '../../../core/step.ts'
import { waitFor } from '../../../core/wait.ts'
import { walk, type Listener } from '../../../core/walk.ts'
import { step } from '../../support/steps.ts'

const planned = (steps: readonly Step[], statuses: Record<string, Status> = {}, removals: readonly Step[] = []) =>
  makePlan(steps, new Map(steps.map(({ id }) => [id, statuses[id] ?? { state: 'absent' as const }])), removals)

const walked = (
  plan: ReturnType<typeof makePlan>,
  options: { signal?: AbortSignal; listener?: Listener; timeoutMs?: number } = {},
) => walk(plan, { signal: new AbortController().signal, timeoutMs: 120_000, ...options })

describe('a walk', () => {
  it('starts each step as soon as what it needs has ended, and no later', async () => {
    const events: string[] = []
    const gate = Promise.withResolvers<void>()
    const noted = (id: string, wait?: Promise<void>) => async () => {
      events.push(`${id} begins`)
      await wait
      events.push(`${id} ends`)
    }
    const slow = step('slow', { up: noted('slow', gate.promise) })
    const quick = step('quick', { up: noted('quick') })
    const follower = step('follower', { needs: ['quick'], up: async () => (events.push('follower'), gate.resolve()) })
    const last = step('last', { needs: ['slow', 'follower'], up: noted('last') })
    const outcome = await walked(planned([slow, quick, follower, last]))
    expect(events.indexOf('follower')).toBeLessThan(events.indexOf('slow ends'))
    expect(events.indexOf('last begins')).toBeGreaterThan(events.indexOf('slow ends'))
    expect(outcome.done.map(({ id, result }) => [id, result])).toEqual(
      expect.arrayContaining([
        ['last', 'created'],
        ['slow', 'created'],
      ]),
    )
    expect(outcome.failed).toEqual([])
  })

  it('tells when each step began, and which need or preparation of its own kept it waiting', async () => {
    const gate = Promise.withResolvers<void>()
    const late = Promise.withResolvers<void>()
    const quick = step('quick', { up: async () => gate.resolve() })
    const slow = step('slow', { up: () => gate.promise })
    const same = step('same')
    const user = step('user', { needs: ['slow', 'quick'], up: async () => late.resolve() })
    const ahead = step('ahead', { needs: ['quick'], prepare: () => late.promise })
    const { times } = await walked(planned([same, quick, slow, user, ahead], { same: { state: 'ready' } }))
    expect([...times.keys()].toSorted()).toEqual(['ahead', 'quick', 'slow', 'user'])
    expect(times.get('quick')).toEqual({ started: expect.any(Number) })
    expect(times.get('user')).toMatchObject({ waitedFor: 'slow' })
    expect(times.get('ahead')).toMatchObject({ waitedFor: 'ahead', prepared: expect.any(Number) })
  })

  it('tells what a step waited for through one that nothing had to be done for', async () => {
    const slow = step('slow')
    const same = step('same', { needs: ['slow'] })
    const alone = step('alone')
    const user = step('user', { needs: ['same', 'alone'] })
    const { times } = await walked(
      planned([slow, same, alone, user], { same: { state: 'ready' }, alone: { state: 'ready' } }),
    )
    expect(times.get('user')).toMatchObject({ waitedFor: 'slow' })
  })

  it('prepares at once what will be made, without waiting for its needs, and nothing else', async () => {
    const events: string[] = []
    const gate = Promise.withResolvers<void>()
    const need = step('need', { up: async () => gate.promise })
    const maker = step('maker', {
      needs: ['need'],
      prepare: async () => (events.push('prepared'), gate.resolve()),
      up: async () => void events.push('up'),
    })
    const ready = step('ready', { prepare: async () => void events.push('never') })
    await walked(planned([need, maker, ready], { ready: { state: 'ready' } }))
    expect(events).toEqual(['prepared', 'up'])
  })

  it('tells a preparation whether its step is due: what waits for something new is, what nobody could ask is not', async () => {
    const told: Record<string, boolean> = {}
    const noting = (id: string) => step(id, { prepare: async (_ctx, isDue) => void (told[id] = isDue) })
    await walked(
      planned([noting('absent'), noting('changed'), noting('broken'), noting('onNew'), noting('onBroken')], {
        absent: { state: 'absent' },
        changed: { state: 'changed', what: 'values' },
        broken: { state: 'broken', why: 'gone' },
        onNew: { state: 'unknown', why: 'waits for a', isNew: true },
        onBroken: { state: 'unknown', why: 'waits for b' },
      }),
    )
    expect(told).toEqual({ absent: true, changed: true, broken: true, onNew: true, onBroken: false })
  })

  it('after a failure starts nothing new, lets what runs end, and reports every failure', async () => {
    const gate = Promise.withResolvers<void>()
    const first = step('first', {
      up: async () => (gate.resolve(), Promise.reject(new EnvironmentError('x', 'first broke'))),
    })
    const running = step('running', { up: async () => gate.promise })
    const alsoFails = step('also', {
      up: async () => gate.promise.then(() => Promise.reject(new EnvironmentError('x', 'also broke'))),
    })
    const later = step('later', { needs: ['running'] })
    const ended: string[] = []
    const outcome = await walked(planned([first, running, alsoFails, later]), {
      listener: { ended: (id) => void ended.push(id) },
    })
    expect(outcome.failed.map(({ id }) => id)).toEqual(['first', 'also'])
    expect(outcome.done.map(({ id }) => id)).toEqual(['running'])
    expect(outcome.notStarted).toEqual(['later'])
    expect(ended.toSorted()).toEqual(['also', 'first', 'later', 'running'])
  })

  it('counts a failed preparation as the failure of its step, once', async () => {
    const failing = step('failing', {
      needs: ['other'],
      prepare: async () => Promise.reject(new EnvironmentError('x', 'no build')),
    })
    const outcome = await walked(planned([step('other'), failing]))
    expect(outcome.failed).toEqual([
      { id: 'failing', error: expect.objectContaining({ message: 'no build' }), seconds: expect.any(Number) },
    ])
  })

  it('asks a step again that nobody could ask, and leaves it when it is ready after all', async () => {
    let made = 0
    const there = step('there', { status: { state: 'ready' }, up: async () => void made++ })
    const old = step('old', { status: { state: 'changed', what: 'values' } })
    const outcome = await walked(
      planned([there, old], { there: { state: 'unknown', why: '?' }, old: { state: 'unknown', why: '?' } }),
    )
    expect(outcome.done.map(({ id, result }) => [id, result])).toEqual(
      expect.arrayContaining([
        ['there', 'unchanged'],
        ['old', 'updated'],
      ]),
    )
    expect(made).toBe(0)
  })

  it('counts what a step could not do, and said so, as unchanged', async () => {
    const refused = step('hosts', { up: async () => 'unchanged' as const })
    const outcome = await walked(planned([refused, step('later', { needs: ['hosts'] })]))
    expect(outcome.done.map(({ id, result }) => [id, result])).toEqual([
      ['hosts', 'unchanged'],
      ['later', 'created'],
    ])
  })

  it('takes away what the file no longer has', async () => {
    let removed = 0
    const outcome = await walked(planned([], {}, [step('gone', { down: async () => void removed++ })]))
    expect(outcome.done).toEqual([{ id: 'gone', result: 'removed', seconds: expect.any(Number) }])
    expect(removed).toBe(1)
  })

  it('says at the end of the time what a step was doing last', async () => {
    const stuck = step('stuck', {
      up: (context) =>
        new Promise((_, reject) => {
          context.signal.addEventListener('abort', () => reject(new Error('aborted')))
          context.report('image x could not be pulled yet')
        }),
    })
    const { failed } = await walked(planned([stuck]), { timeoutMs: 10 })
    expect(failed).toMatchObject([
      {
        error: {
          code: 'timed-out',
          message: expect.stringMatching(/^stuck was not done after .* s: image x could not be pulled yet\.$/),
        },
      },
    ])
  })

  it('leaves the last word to a wait of the step, whose time ends with that of the step', async () => {
    const late = step('late', {
      up: async (context) => {
        await waitFor(
          'web',
          async function* (signal) {
            yield { waiting: 'container web crashes' }
            await new Promise((resolve) => signal.addEventListener('abort', resolve))
          },
          context,
        )
      },
    })
    const { failed } = await walked(planned([late]), { timeoutMs: 30 })
    expect(failed).toMatchObject([
      { error: { code: 'timed-out', message: 'web was not ready after 0 s: container web crashes.' } },
    ])
  })

  it('tells a step how long the others have stood still', async () => {
    const quiet: (number | undefined)[] = []
    const asking = step('asking', { up: async (context) => void quiet.push(context.quietElsewhereMs?.()) })
    await walked(planned([asking]))
    expect(quiet).toEqual([Infinity])
    const other = step('other', { up: async (context) => context.report('on the way') })
    await walked(planned([other, { ...asking, needs: ['other'] }]))
    expect(quiet[1]).toBeLessThan(60_000)
  })

  it('stops at the signal: the running step ends with it, the rest is not begun', async () => {
    const controller = new AbortController()
    const running = step('running', {
      up: (context) =>
        new Promise(
          (_, reject) => (
            context.signal.addEventListener('abort', () => reject(new Error('aborted'))),
            controller.abort(new StoppedError())
          ),
        ),
    })
    const outcome = await walked(planned([running, step('later', { needs: ['running'] })]), {
      signal: controller.signal,
    })
    expect(outcome.failed).toEqual([expect.objectContaining({ id: 'running', error: expect.any(StoppedError) })])
    expect(outcome.notStarted).toEqual(['later'])
  })
})
