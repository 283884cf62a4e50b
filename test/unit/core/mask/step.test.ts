import { describe, expect, it } from 'vitest'
import { EnvironmentError } from '../../../../core/errors.ts'
import { hiding } from '../../../../core/mask/step.ts'
import { context, step } from '../../../support/steps.ts'

const texts = new Set(['hunter22', 'correct horse'])

describe('a step that hides texts', () => {
  it('tells none of them: not as it stands, not while it works, not when it fails', async () => {
    const cause = Object.assign(new Error('the log said hunter22'), { stderr: 'hunter22', stdout: 'correct horse' })
    const quiet = hiding(
      step('a', {
        status: { state: 'broken', why: 'it wants hunter22' },
        up: async (ctx) => {
          ctx.report('password is hunter22')
          ctx.warn('correct horse')
          throw new EnvironmentError('x', 'hunter22 is wrong', {
            cause,
            hints: ['not hunter22'],
            problems: [{ severity: 'error', message: 'correct horse', hint: 'no hunter22', at: { file: 'f' } }],
          })
        },
      }),
      texts,
    )
    const ctx = context()
    expect(await quiet.status(ctx)).toEqual({ state: 'broken', why: 'it wants ***' })
    const thrown: unknown = await quiet.up(ctx).catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(EnvironmentError)
    expect(thrown).toMatchObject({
      message: '*** is wrong',
      hints: ['not ***'],
      problems: [{ message: '***', hint: 'no ***', at: { file: 'f' } }],
      cause: { message: 'the log said ***', stderr: '***', stdout: '***' },
    })
    expect(`${(thrown as Error).stack} ${(thrown as Error & { cause: Error }).cause.stack}`).not.toContain('hunter22')
    expect([...ctx.reports, ...ctx.warnings]).toEqual(['password is ***', '***'])
  })

  it('leaves the ways to log in, which are asked for', async () => {
    const credentials = [{ name: 'db', password: 'hunter22' }]
    const quiet = hiding(step('a', { facts: async () => ({ credentials }) }), texts)
    expect(await quiet.facts?.(context())).toEqual({ credentials })
  })

  it('hides what becomes known later', async () => {
    const known = new Set<string>()
    const quiet = hiding(
      step('a', { status: async () => (known.add('s3cret'), { state: 'changed', what: 's3cret' }) }),
      known,
    )
    expect(await quiet.status(context())).toEqual({ state: 'changed', what: '***' })
  })
})
