import { describe, expect, it } from 'vitest'
import { EnvironmentError } from '../../../core/errors.ts'
import { waitFor, type Verdict } from '../../../core/wait.ts'

const waiting = (verdict: Verdict<void>) =>
  async function* (signal: AbortSignal): AsyncGenerator<Verdict<void>> {
    yield verdict
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  }

const outcome = (verdict: Verdict<void>) =>
  waitFor('The release', waiting(verdict), { timeoutMs: 30, signal: new AbortController().signal }).then(
    () => {
      throw new Error('it came')
    },
    (error: unknown) => error,
  )

describe('a wait that is over', () => {
  it('says the last reason, and what would have helped before it advises patience', async () => {
    expect(await outcome({ waiting: 'pulls are limited', hints: ['docker login'] })).toMatchObject({
      code: 'timed-out',
      message: 'The release was not ready after 0 s: pulls are limited.',
      hints: ['docker login', 'Raise --timeout if it only needs longer.'],
    })
  })

  it('adds what is asked for at the end alone, unless that fails or takes long', async () => {
    const ended = async (more: () => Promise<string>) =>
      ((await outcome({ waiting: 'it starts', more })) as Error).message
    expect(await ended(() => Promise.resolve('\nIts log:\n  no disk'))).toMatch(/: it starts\.\nIts log:\n {2}no disk$/)
    expect(await ended(() => Promise.reject(new Error('the API is away')))).toMatch(/: it starts\.$/)
    expect(await ended(() => new Promise(() => undefined))).toMatch(/: it starts\.$/)
  })

  it('says what was in the way of asking for more, where that is for people', async () => {
    const away = new EnvironmentError('api-unreachable', 'The API cannot be reached.')
    expect(await outcome({ waiting: 'it starts', more: () => Promise.reject(away) })).toBe(away)
  })

  it('ends at the end of its step, and says how long that may take', async () => {
    const options = { timeoutMs: 600_000, endsAt: performance.now() + 20, signal: new AbortController().signal }
    await expect(waitFor('web', waiting({ waiting: 'it starts' }), options)).rejects.toMatchObject({
      code: 'timed-out',
      message: 'web was not ready after 10 min: it starts.',
    })
    await expect(waitFor('web', waiting({ waiting: 'it starts' }), { ...options, endsAt: 0 })).rejects.toMatchObject({
      code: 'timed-out',
    })
  })

  it('has one full stop, and no beginning where the reason says it all', async () => {
    const options = { timeoutMs: 10, signal: new AbortController().signal }
    await expect(waitFor(undefined, waiting({ waiting: 'web: the API is away.' }), options)).rejects.toMatchObject({
      message: 'not ready after 0 s: web: the API is away.',
    })
  })

  it('advises no patience where more time changes nothing', async () => {
    expect(await outcome({ waiting: 'it crashes', hints: ['Look at its log.'], lasting: true })).toMatchObject({
      hints: ['Look at its log.'],
    })
  })

  it('advises patience alone where nothing else is known', async () => {
    expect(await outcome({ waiting: 'it starts' })).toMatchObject({
      hints: ['Raise --timeout if it only needs longer.'],
    })
  })
})
